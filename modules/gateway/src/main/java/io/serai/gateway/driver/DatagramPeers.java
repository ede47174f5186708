package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The peers of a datagram listener on one loop, each a connection. Confined to the loop.
 *
 * @param <A> where a peer is sent to
 */
final class DatagramPeers<A> {
  /** Peers remembered per loop; beyond that one goes when another arrives. */
  private static final int MAX_PEERS = 100_000;

  /**
   * The way to the peers.
   *
   * @param <A> where a peer is sent to
   */
  interface Sender<A> {
    ByteBufAllocator allocator();

    /** Takes over the buffer, which is one datagram. */
    void write(A to, ByteBuf bytes);

    /** Lets what was written leave. */
    void flush();
  }

  private final ListenerSpec spec;
  private final SessionHub hub;
  private final Sender<A> sender;
  private final RecentPeers<Peer> peers =
      new RecentPeers<>(MAX_PEERS, Peer::isAnchored, Peer::forget);

  DatagramPeers(ListenerSpec spec, SessionHub hub, Sender<A> sender) {
    this.spec = spec;
    this.hub = hub;
    this.sender = sender;
  }

  /**
   * Takes over a datagram.
   *
   * @param key by what its peer is known
   * @param at where answers go from now on
   * @param remote where it came from
   * @param subject who the peer is, where that was verified
   */
  void received(
      Object key, A at, InetSocketAddress remote, @Nullable String subject, ByteBuf bytes) {
    Peer peer = peers.get(key);
    if (peer == null) {
      peer = arrived(key, at, remote, subject);
    } else {
      peer.at = at;
    }
    Connection<?> connection = peer == null ? null : peer.connection;
    if (connection == null) {
      bytes.release();
    } else {
      connection.received(bytes);
    }
  }

  /** A peer that is not known yet; null when there is no room for it. */
  private @Nullable Peer arrived(
      Object key, A at, InetSocketAddress remote, @Nullable String subject) {
    if (hub.isTurningAway()) {
      return null;
    }
    Peer peer = new Peer(key, at);
    Connection<?> connected =
        new Accepted(SocketAddress.inetSocketAddress(remote), null, subject)
            .connect(spec, hub, peer);
    if (connected == null) {
      return null;
    }
    peers.put(key, peer);
    peer.connection = connected;
    connected.open();
    return peer;
  }

  /** Ends them all. */
  void close() {
    peers.all().forEach(Peer::close);
  }

  /** Sends to one peer. */
  private final class Peer implements Transport {
    private final Object key;
    private A at;
    private @Nullable Connection<?> connection;

    Peer(Object key, A at) {
      this.key = key;
      this.at = at;
    }

    @Override
    public boolean keepsBoundaries() {
      return true;
    }

    @Override
    public ByteBufAllocator allocator() {
      return sender.allocator();
    }

    @Override
    public void write(ByteBuf bytes) {
      sender.write(at, bytes);
    }

    @Override
    public void flush() {
      sender.flush();
    }

    @Override
    public boolean isWritable() {
      return true; // datagrams are lost, not queued
    }

    @Override
    public void pauseReading() {
      // the socket is everybody's; what comes meanwhile waits in the connection's input
    }

    @Override
    public void resumeReading() {
      // nothing was paused
    }

    @Override
    public void finish(boolean isPeerDone) {
      close();
    }

    @Override
    public void close() {
      peers.remove(key, this);
      forget();
    }

    private boolean isAnchored() {
      Connection<?> known = connection;
      return known != null && known.isAnchored();
    }

    private void forget() {
      Connection<?> known = connection;
      connection = null;
      if (known != null) {
        known.closed();
      }
    }
  }
}
