"use strict";
/* A worker that all tabs of a preview share: it hears of changes once, and hands them on. Browsers
   open six connections to a server, so that tabs with one each would keep others from loading. */

/** Milliseconds until a lost server is asked again. */
const PATIENCE = 1000;
const tabs = new Set();
let isOpen = false;

function tell(message) {
  for (const tab of tabs) tab.postMessage(message);
}

function follow() {
  const events = new EventSource("events");
  events.onopen = () => {
    isOpen = true;
    tell({ type: "open" });
  };
  events.onerror = () => {
    isOpen = false;
    events.close();
    tell({ type: "lost" });
    setTimeout(follow, PATIENCE);
  };
  events.addEventListener("deck", ({ data }) => tell({ type: "change", data }));
}

addEventListener("connect", ({ ports: [tab] }) => {
  tabs.add(tab);
  if (isOpen) tab.postMessage({ type: "open" });
});
follow();
