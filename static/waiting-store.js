// Photos that wait in this browser for a network, and how they are sent.
//
// Used by pages as a module and by the service worker as a plain script, so it neither
// imports nor exports: it leaves one object, `waitingPhotos`, behind.

(() => {
  const ROOT = self.document ? document.body.dataset.root : KNOWN.root;
  const NAME = ROOT === "/" ? "morelli" : `morelli${ROOT}`; // see root.js
  const STORE = "waiting";
  const MENDED_BY_ANOTHER_PHOTO = [400, 413, 422];
  const channel = new BroadcastChannel(`${NAME}-waiting`);

  function opened() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  /** Do one thing with the store, and return its result once it is on the disk. */
  async function within(mode, action) {
    const database = await opened();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(STORE, mode);
        const request = action(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  }

  async function change(action) {
    const result = await within("readwrite", action);
    channel.postMessage("changed");
    return result;
  }

  const all = () => within("readonly", (store) => store.getAll());
  const remove = (id) => change((store) => store.delete(id));

  function add(photo, { turn, crop }) {
    const item = { photo, turn, crop, taken: Date.now(), state: "waiting" };
    return change((store) => store.add(item));
  }

  /** Put what became of an item in its place, unless it was removed meanwhile. */
  async function settle(item, outcome) {
    const items = await all();
    if (!items.some((other) => other.id === item.id)) return;
    const { id, taken } = item;
    await change((store) => store.put({ id, taken, ...outcome })); // without the photo
  }

  /** Send one item; return whether the next may be tried. */
  async function sendOne(item, addresses) {
    const fresh = await fetch(addresses.token, { cache: "no-store" });
    if (!fresh.ok) return false;
    const fields = new FormData();
    fields.set("csrf_token", (await fresh.json()).csrf_token);
    fields.set("turn", item.turn);
    fields.set("crop", item.crop);
    fields.set("photo", item.photo, "photo.jpg");
    const response = await fetch(addresses.queries, {
      method: "POST", body: fields, headers: { Accept: "application/json" },
    });
    if (response.status === 201) {
      const { answer } = await response.json();
      await settle(item, { state: "answered", answer });
      return true;
    }
    if (MENDED_BY_ANOTHER_PHOTO.includes(response.status)) {
      const { error } = await response.json();
      await settle(item, { state: "refused", message: error.message });
      return true;
    }
    return false; // too many at once, or a fault of the server: later
  }

  async function sendEach(addresses) {
    for (const item of await all()) {
      if (item.state !== "waiting") continue;
      try {
        if (!(await sendOne(item, addresses))) return false;
      } catch (error) {
        if (error instanceof TypeError) return false; // there is still no network
        throw error;
      }
    }
    return true;
  }

  /** Send all that waits, unless another page is doing so; return whether none is left. */
  async function sendAll(addresses) {
    // Sites without https have no locks, but no worker either that could compete.
    if (!navigator.locks) return sendEach(addresses);
    return navigator.locks.request(NAME, { ifAvailable: true }, (lock) => (
      lock ? sendEach(addresses) : false
    ));
  }

  self.waitingPhotos = { add, all, remove, sendAll, channel };
})();
