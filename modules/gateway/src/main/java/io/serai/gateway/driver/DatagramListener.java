package io.serai.gateway.driver;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.UnixChannelOption;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for datagrams and keeps one connection per peer address. Every loop has a socket of its
 * own on the same port (SO_REUSEPORT): the kernel picks one by the addresses of both ends, so a
 * peer stays with its loop. Where the kernel does not share out (macOS) one loop gets them all. On
 * Netty's channel directly: Vert.x shares a port between loops only with a native transport, and
 * flushes every datagram by itself. Confined to its loop.
 */
final class DatagramListener extends SimpleChannelInboundHandler<DatagramPacket>
    implements Listener {
  private static final Logger log = LoggerFactory.getLogger(DatagramListener.class);

  /** Peers remembered per loop; the one silent longest goes when another arrives. */
  private static final int MAX_PEERS = 100_000;

  /** What is longer than the buffer would be cut without a word: no datagram is. */
  private static final int MAX_DATAGRAM_BYTES = 65_536;

  /** A burst must not be lost while the loop is busy for a moment. */
  private static final int SOCKET_BUFFER_BYTES = 4 << 20;

  private final DatagramChannel channel;
  private final ListenerSpec spec;
  private final SessionHub hub;
  private final Map<InetSocketAddress, PeerTransport> peers =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<InetSocketAddress, PeerTransport> eldest) {
          if (size() <= MAX_PEERS) {
            return false;
          }
          eldest.getValue().forget();
          return true;
        }
      };

  private DatagramListener(DatagramChannel channel, ListenerSpec spec, SessionHub hub) {
    this.channel = channel;
    this.spec = spec;
    this.hub = hub;
  }

  static Future<Listener> open(Vertx vertx, ListenerSpec spec, SessionHub hub) {
    VertxInternal internal = (VertxInternal) vertx;
    ContextInternal context = internal.getOrCreateContext();
    DatagramChannel channel = internal.transport().datagramChannel();
    if (channel instanceof NioDatagramChannel) {
      channel.config().setOption(NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT), true);
    } else {
      channel.config().setOption(UnixChannelOption.SO_REUSEPORT, true);
    }
    DatagramListener listener = new DatagramListener(channel, spec, hub);
    Promise<Listener> bound = context.promise();
    new Bootstrap()
        .group(context.nettyEventLoop())
        .channelFactory(() -> channel)
        .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(MAX_DATAGRAM_BYTES))
        .handler(listener)
        .bind(new InetSocketAddress(spec.host(), spec.port()))
        .addListener(done -> {
          if (done.isSuccess()) {
            bound.complete(listener);
          } else {
            bound.fail(done.cause());
          }
        });
    return bound.future();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
    InetSocketAddress sender = packet.sender();
    PeerTransport peer = peers.get(sender);
    if (peer == null) {
      peer = arrived(sender);
    }
    Connection<?> connection = peer == null ? null : peer.connection;
    if (connection != null) {
      connection.received(packet.content().retain());
    }
  }

  /** A peer that is not known yet; null when there is no room for it. */
  private @Nullable PeerTransport arrived(InetSocketAddress sender) {
    if (hub.isTurningAway()) {
      return null;
    }
    PeerTransport peer = new PeerTransport(sender);
    SocketAddress remote = SocketAddress.inetSocketAddress(sender);
    Connection<?> connected = new Accepted(remote, null, null).connect(spec, hub, peer);
    if (connected == null) {
      return null;
    }
    peers.put(sender, peer);
    peer.connection = connected;
    connected.open();
    return peer;
  }

  /** Such as a datagram that cannot leave: all others go on. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("datagram socket listener={} error={}", spec.name(), cause.toString());
  }

  @Override
  public int port() {
    return channel.localAddress().getPort();
  }

  @Override
  public Future<?> useTls(ServerSSLOptions tls) {
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    channel
        .close()
        .addListener(_ -> {
          List.copyOf(peers.values()).forEach(PeerTransport::close);
          closed.complete();
        });
    return closed.future();
  }

  /** Sends to one peer. */
  private final class PeerTransport implements Transport {
    private final InetSocketAddress peer;
    private @Nullable Connection<?> connection;

    PeerTransport(InetSocketAddress peer) {
      this.peer = peer;
    }

    @Override
    public boolean keepsBoundaries() {
      return true;
    }

    @Override
    public ByteBufAllocator allocator() {
      return channel.alloc();
    }

    @Override
    public void write(ByteBuf bytes) {
      channel.write(new DatagramPacket(bytes, peer), channel.voidPromise());
    }

    @Override
    public void flush() {
      channel.flush();
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
      peers.remove(peer, this);
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
