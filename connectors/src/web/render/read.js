// Keeps the page as its readers see it: without scripts, styles and what is there for browsers that
// run none, and with the trees of web components in place of what they show. Tells its length.
(() => {
  // Nothing comes to life in this document: no component, no image.
  const still = document.implementation.createHTMLDocument();
  const unseen = new Set(["script", "style", "noscript", "template"]);
  const copy = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return still.createTextNode(node.data);
    if (node.nodeType !== Node.ELEMENT_NODE || unseen.has(node.localName)) return null;
    const element = still.importNode(node, false);
    for (const child of shown(node)) {
      const copied = copy(child);
      if (copied) element.append(copied);
    }
    return element;
  };
  const shown = (node) => {
    if (node.shadowRoot) return node.shadowRoot.childNodes;
    const assigned = node.localName === "slot" ? node.assignedNodes() : [];
    return assigned.length > 0 ? assigned : node.childNodes;
  };
  const root = document.documentElement && copy(document.documentElement);
  globalThis.outcropPage = root ? "<!doctype html>" + root.outerHTML.toWellFormed() : "";
  return { length: globalThis.outcropPage.length, url: location.href };
})()
