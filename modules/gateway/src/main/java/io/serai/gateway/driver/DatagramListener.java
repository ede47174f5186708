package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Listens for datagrams and keeps one connection per peer address. A datagram is decoded by itself:
 * what a codec leaves over is dropped. Every flush is one datagram.
 */
final class DatagramListener implements Listener {
  /** Peers remembered per loop; the one silent longest goes when another arrives. */
  private static final int MAX_PEERS = 100_000;

  private final DatagramSocket socket;
  private final ListenerSpec spec;
  private final SessionHub hub;
  private final Map<SocketAddress, PeerTransport> peers =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SocketAddress, PeerTransport> eldest) {
          if (size() <= MAX_PEERS) {
            return false;
          }
          eldest.getValue().forget();
          return true;
        }
      };

  private DatagramListener(DatagramSocket socket, ListenerSpec spec, SessionHub hub) {
    this.socket = socket;
    this.spec = spec;
    this.hub = hub;
  }

  static Future<Listener> open(Vertx vertx, ListenerSpec spec, SessionHub hub) {
    DatagramSocket socket =
        vertx.createDatagramSocket(
            new DatagramSocketOptions().setReusePort(spec.port() != 0).setReuseAddress(false));
    return socket
        .listen(spec.port(), spec.host())
        .map(bound -> {
          DatagramListener listener = new DatagramListener(bound, spec, hub);
          bound.handler(packet ->
              listener.received(packet.sender(), ((BufferInternal) packet.data()).getByteBuf()));
          return listener;
        });
  }

  private void received(SocketAddress sender, ByteBuf bytes) {
    PeerTransport peer = peers.get(sender);
    if (peer == null) {
      if (hub.isTurningAway()) {
        bytes.release();
        return;
      }
      peer = new PeerTransport(sender);
      Connection<?> connected = new Accepted(sender, null, null).connect(spec, hub, peer);
      if (connected == null) {
        bytes.release();
        return;
      }
      peers.put(sender, peer);
      peer.connection = connected;
      connected.open();
    }
    Connection<?> connection = peer.connection;
    if (connection != null) {
      connection.received(bytes);
      connection.dropRest();
    }
  }

  @Override
  public int port() {
    return socket.localAddress().port();
  }

  @Override
  public Future<?> useTls(ServerSSLOptions tls) {
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> close() {
    return socket.close();
  }

  /** Sends to one peer. */
  private final class PeerTransport implements Transport {
    private final SocketAddress peer;
    private @org.jspecify.annotations.Nullable Connection<?> connection;

    PeerTransport(SocketAddress peer) {
      this.peer = peer;
    }

    @Override
    public ByteBufAllocator allocator() {
      return ByteBufAllocator.DEFAULT;
    }

    @Override
    public void write(ByteBuf bytes) {
      socket.send(BufferInternal.buffer(bytes), peer.port(), peer.host());
    }

    @Override
    public void flush() {
      // every write is a datagram of its own
    }

    @Override
    public boolean isWritable() {
      return true; // datagrams are lost, not queued
    }

    @Override
    public void pauseReading() {
      // datagrams that come while input is held are kept by the connection, one read at most
    }

    @Override
    public void resumeReading() {
      // nothing was paused
    }

    @Override
    public void finish() {
      close();
    }

    @Override
    public void close() {
      peers.remove(peer);
      forget();
    }

    void forget() {
      Connection<?> known = connection;
      connection = null;
      if (known != null) {
        known.closed();
      }
    }
  }
}
