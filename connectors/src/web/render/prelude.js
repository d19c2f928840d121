// Runs in each page before its own scripts: what is not there is not used.
// Workers that outlive their pages, and connections that need no server.
delete Navigator.prototype.serviceWorker;
for (const name of ["RTCPeerConnection", "webkitRTCPeerConnection", "WebTransport"]) {
  delete globalThis[name];
}
