// Classic scripts that a page asks for when it needs them: they work from a file and from elsewhere.

/** A part of the page that did not come; its message is the part's name. */
export class PartError extends Error {}

const coming = new Map(); // address -> {script, promise}

/** The scripts, in order, each once; what did not come is asked for again the next time. */
export function loadScripts(addresses) {
  return Promise.all(
    addresses.map((address, i) =>
      loadedScript(address).catch((error) => {
        forgetScripts(addresses.slice(i)); // those after it may have missed it
        throw error;
      }),
    ),
  );
}

/** What was loaded is asked for again the next time. */
export function forgetScripts(addresses) {
  for (const address of addresses) {
    coming.get(address)?.script.remove();
    coming.delete(address);
  }
}

function loadedScript(address) {
  if (!coming.has(address)) {
    const script = document.createElement("script");
    script.setAttribute("charset", "utf-8"); // whatever the page's own is
    script.async = false; // in the order in which they were asked for
    const promise = new Promise((resolve, reject) => {
      script.onload = resolve;
      script.onerror = () => reject(new PartError(address.split("/").at(-1)));
    });
    script.src = address;
    document.head.append(script);
    coming.set(address, { script, promise });
  }
  return coming.get(address).promise;
}
