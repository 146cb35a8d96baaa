// Takes what only the two of a match may see off an open page as soon as they may not any more:
// after a pause, an end, a suspension. All of the page goes, not only the numbers on it. Without
// this script the page still closes by itself after some minutes.
const EVERY = 3000; // milliseconds between two questions while the page is looked at
const PATIENCE = 5000; // milliseconds for an answer
const LOST = 4; // questions in a row without an answer, after which nothing is shown any more
const CLOSED = "This page is closed. Load it again to see where things stand.";

let timers = [];

function close() {
  timers.forEach(clearInterval);
  timers = [];
  const words = document.createElement("p");
  words.className = "govuk-body";
  words.textContent = CLOSED;
  document.querySelector("main").replaceChildren(words);
}

// An answer that never ends counts as none.
async function answerTo(url) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), PATIENCE);
  try {
    return await fetch(url, { cache: "no-store", signal: limit.signal });
  } finally {
    clearTimeout(timer);
  }
}

function watch(url) {
  let unanswered = 0;
  let isAsking = false;

  async function ask() {
    if (document.hidden || isAsking || timers.length === 0) {
      return;
    }
    isAsking = true;
    try {
      const answer = await answerTo(url);
      unanswered = 0;
      if (answer.status !== 204) {
        close(); // at once: loading the page anew may take long, or fail
        location.reload();
      }
    } catch {
      unanswered += 1;
      if (unanswered >= LOST) {
        close();
      }
    } finally {
      isAsking = false;
    }
  }

  timers.push(setInterval(ask, EVERY));
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("pageshow", ask);
}

export function watchContacts() {
  const marked = [...document.querySelectorAll("[data-contact-watch]")];
  new Set(marked.map((part) => part.dataset.contactWatch)).forEach(watch);
}
