// Follow a production through every broken connection. `onFrame` gets every frame; the result stops it.
function follow(url, productionId, onFrame) {
  let after = null, socket, stopped = false;

  function connect() {
    const query = new URLSearchParams({ production_id: productionId });
    if (after !== null) query.set("after", after);
    socket = new WebSocket(`${url.replace(/^http/, "ws")}/api/mv/ws?${query}`);
    socket.onmessage = (message) => {
      const frame = JSON.parse(message.data);
      if (frame.type === "hello" || frame.type === "reset") return; // the snapshot they promise is still to come
      after = frame.seq;
      onFrame(frame);
    };
    socket.onclose = () => { if (!stopped) setTimeout(connect, 1000); };
  }

  connect();
  return () => { stopped = true; socket.close(); };
}
