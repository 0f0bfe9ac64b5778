// The server knows no time zone of ours; the browser does.

const moment = new Intl.DateTimeFormat(document.documentElement.lang, {
  dateStyle: "medium",
  timeStyle: "short",
});

for (const time of document.querySelectorAll(".asked time")) {
  time.textContent = moment.format(new Date(time.dateTime));
}
