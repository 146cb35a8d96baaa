// Takes contact details off an open page as soon as they may no longer be seen: after a pause,
// an end, a suspension. Without it the page still closes by itself after some minutes.
const EVERY = 3000; // milliseconds between two questions while the page is looked at
const LOST = 5; // questions in a row without an answer, after which nothing is shown any more

function watch(shown) {
  let unanswered = 0;

  function hide() {
    shown.remove();
    location.reload();
  }

  async function ask() {
    if (document.hidden || !shown.isConnected) {
      return;
    }
    try {
      const answer = await fetch(shown.dataset.contactWatch, { cache: "no-store" });
      unanswered = 0;
      if (answer.status !== 204) {
        hide();
      }
    } catch {
      unanswered += 1;
      if (unanswered >= LOST) {
        shown.remove();
      }
    }
  }

  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("pageshow", ask);
}

export function watchContacts() {
  document.querySelectorAll("[data-contact-watch]").forEach(watch);
}
