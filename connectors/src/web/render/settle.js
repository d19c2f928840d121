// Comes to its end when the page is loaded and was then left unchanged for so many milliseconds.
((quiet) =>
  new Promise((settled) => {
    let waiting;
    const wait = () => {
      clearTimeout(waiting);
      waiting = setTimeout(settled, quiet);
    };
    const begin = () => {
      const changes = { subtree: true, childList: true, characterData: true };
      new MutationObserver(wait).observe(document, changes);
      wait();
    };
    if (document.readyState === "complete") begin();
    else addEventListener("load", begin, { once: true });
  }))
