// What Python's memory holds when it has answered its first questions, kept in the reader's own browser: a later visit goes on
// from there, and neither starts Python nor imports anything. `address` stands for all that the memory follows from.

const STORE = "python-memory";

// The memory, or nothing.
export async function recalled(address) {
  try {
    const store = await caches.open(STORE);
    const kept = await store.match(address);
    return kept && new Uint8Array(await kept.arrayBuffer());
  } catch {
    return undefined; // a browser that keeps nothing
  }
}

export async function remember(address, memory) {
  try {
    await forget();
    const store = await caches.open(STORE);
    await store.put(address, new Response(memory));
  } catch {
    // The next visit starts Python as this one did.
  }
}

export async function forget() {
  await caches.delete(STORE);
}
