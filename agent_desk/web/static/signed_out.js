// When the session is over, a page of the desk leads to the sign-in page, instead of trying to
// reach its server for ever.

const SIGNED_OUT = 4401;
const LOOK_EVERY_MS = 200;

function over(trouble) {
  if (trouble?.context?.code === SIGNED_OUT) location.reload();
}

// The page's connection is there some moments after the page.
const look = setInterval(() => {
  if (!window.socket) return;
  clearInterval(look);
  window.socket.on("disconnect", (_, trouble) => over(trouble));
  window.socket.on("connect_error", over);
}, LOOK_EVERY_MS);
