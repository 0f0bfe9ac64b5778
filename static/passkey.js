// Asks the browser for a passkey, by the functions that Flask-Security ships
// (webauthn.js), and sends what comes of it.

const form = document.querySelector("[data-passkey]");
const unable = document.querySelector("[data-unable]");
const refused = document.querySelector("[data-refused]");
const ask = { register: window.handleRegister, signin: window.handleSignin }[form.dataset.passkey];

async function begin() {
  refused.hidden = true;
  const { credential } = await ask(form.dataset.options);
  if (!credential) {
    refused.hidden = false;
    return;
  }
  form.elements.credential.value = credential;
  form.submit();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (unable.hidden) begin();
});

if (window.PublicKeyCredential) {
  begin();
} else {
  unable.hidden = false;
}
