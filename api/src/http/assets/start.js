"use strict";

// Beside this page, so that a prefix of a proxy does not matter.
const endpoint = new URL("graphql", window.location.href);

// One kind of request for everything: the server answers a subscription with a stream and the rest with JSON.
async function fetcher(params, options = {}) {
  const abort = new AbortController();
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      accept: "application/graphql-response+json, application/json;q=0.9, text/event-stream",
      "content-type": "application/json",
      ...options.headers,
    },
    body: JSON.stringify(params),
    signal: abort.signal,
  });
  const type = response.headers.get("content-type") ?? "";
  return type.startsWith("text/event-stream") ? stoppable(results(response.body), abort) : response.json();
}

// A generator that waits for the network does not hear its return(); aborting the request does it.
function stoppable(generator, abort) {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => generator.next(),
    return() {
      abort.abort();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}

async function* results(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const events = text.split("\n\n");
    text = events.pop();
    for (const event of events) {
      const fields = Object.fromEntries(
        event.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
      );
      if (fields.event === "complete") return;
      if (fields.event === "next") yield JSON.parse(fields.data);
    }
  }
}

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, { fetcher, defaultEditorToolsVisibility: true, shouldPersistHeaders: false }),
);
