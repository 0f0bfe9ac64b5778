// Send a form and tell how far it is.

/** The network is not there: nothing came back. */
export class NoNetworkError extends Error {}

/**
 * Send fields to an address.
 *
 * XMLHttpRequest, because fetch does not tell how much has been sent.
 *
 * @param progress called with the share that is sent, in [0, 1]
 * @returns {Promise<{status: number, body: object | null, page: string}>} what came back:
 * JSON as `body`, which is null where it was none, and its text as `page`
 */
export function send(address, fields, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    request.upload.addEventListener("load", () => progress(1));
    request.addEventListener("load", () => {
      resolve({ status: request.status, body: parse(request), page: request.responseText });
    });
    for (const type of ["error", "timeout", "abort"]) {
      request.addEventListener(type, () => reject(new NoNetworkError(type)));
    }
    request.send(fields);
  });
}

function parse(request) {
  const type = request.getResponseHeader("Content-Type") ?? "";
  return type.startsWith("application/json") ? JSON.parse(request.responseText) : null;
}
