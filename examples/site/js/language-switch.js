// Remembers which language a reader chose, and on the landing page marks the door that probably suits.
// Every link works without this script.

const STORE = 'perdura-site-language';
const LANGUAGES = ['en', 'es'];

/** Storage may be forbidden (private windows, blocked cookies): the choice is then simply not remembered. */
function recall() {
  try {
    return localStorage.getItem(STORE);
  } catch {
    return null;
  }
}

function remember(language) {
  try {
    localStorage.setItem(STORE, language);
  } catch {
    // Nothing depends on it.
  }
}

/** The language chosen before, else the first of the browser's languages that the site speaks. */
function suggest() {
  const wanted = [recall(), ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase());
  return wanted.find((tag) => LANGUAGES.includes(tag)) ?? LANGUAGES[0];
}

for (const link of document.querySelectorAll('a[hreflang]')) {
  link.addEventListener('click', () => {
    remember(link.hreflang);
    // Sections have the same ids in both languages, so the reader stays at the same place.
    if (link.closest('.languages') && location.hash !== '') link.hash = location.hash;
  });
}

const door = document.querySelector(`.door[lang="${suggest()}"]`);
if (door) {
  door.dataset.suggested = '';
  door.querySelector('.hint').hidden = false;
}
