// The connection to this page's room on the server. It comes back by itself.

const DELAYS = [1000, 2000, 4000, 8000, 15_000]; // milliseconds between two tries

/** The room's address for this page, or null where the server has no rooms or the page is no page of
 *  a server: in JupyterLab, and in an exported file. */
export function roomAddress() {
  const config = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
  if (!config.classroom || !config.kernelId) return null;
  const address = new URL(`${config.baseUrl}voila/api/class/${config.kernelId}`, location.origin);
  address.protocol = address.protocol.replace("http", "ws");
  return address.href;
}

/** `begin()` is called with each new connection, `hear(message)` with what comes, and `lost()` when
 *  it is interrupted. Nothing is open before `open`. */
export function serverRoom(address, { begin, hear, lost }) {
  /** @type {WebSocket | null} */
  let socket = null;
  let waiting = 0;
  let tried = 0;

  function open() {
    if (socket) return begin();
    clearTimeout(waiting);
    const mine = new WebSocket(address);
    socket = mine;
    mine.onopen = () => {
      tried = 0;
      begin();
    };
    mine.onmessage = ({ data }) => mine === socket && hear(JSON.parse(data));
    mine.onclose = () => {
      if (mine !== socket) return;
      socket = null;
      waiting = setTimeout(open, DELAYS[Math.min(tried++, DELAYS.length - 1)]);
      lost();
    };
  }

  return {
    open,
    say(message) {
      if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    close() {
      clearTimeout(waiting);
      const mine = socket;
      socket = null;
      mine?.close();
    },
  };
}
