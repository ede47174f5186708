package io.serai.gateway.driver;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
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
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for datagrams; every peer address is a connection. Every loop has a socket of its own on
 * the same port (SO_REUSEPORT): the kernel picks one by the addresses of both ends, so a peer stays
 * with its loop. Where the kernel does not share out (macOS) one loop gets them all. On Netty's
 * channel directly: Vert.x shares a port between loops only with a native transport, and flushes
 * every datagram by itself. Confined to its loop.
 */
final class DatagramListener extends SimpleChannelInboundHandler<DatagramPacket>
    implements Listener {
  private static final Logger log = LoggerFactory.getLogger(DatagramListener.class);

  /** What is longer than the buffer would be cut without a word: no datagram is. */
  private static final int MAX_DATAGRAM_BYTES = 65_536;

  /** A burst must not be lost while the loop is busy for a moment. */
  private static final int SOCKET_BUFFER_BYTES = 4 << 20;

  private static final WriteBufferWaterMark WRITE_MARKS =
      new WriteBufferWaterMark(SOCKET_BUFFER_BYTES / 2, SOCKET_BUFFER_BYTES);

  private final DatagramChannel channel;
  private final String name;
  private final DatagramPeers<InetSocketAddress> peers;

  private DatagramListener(DatagramChannel channel, ListenerSpec spec, SessionHub hub) {
    this.channel = channel;
    this.name = spec.name();
    this.peers = new DatagramPeers<>(spec, hub, new Socket());
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
        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WRITE_MARKS)
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
    peers.received(sender, sender, sender, null, packet.content().retain());
  }

  /** Such as a datagram that cannot leave: all others go on. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("datagram socket listener={} error={}", name, cause.toString());
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
          peers.close();
          closed.complete();
        });
    return closed.future();
  }

  /** The way to all peers. */
  private final class Socket implements DatagramPeers.Sender<InetSocketAddress> {
    @Override
    public ByteBufAllocator allocator() {
      return channel.alloc();
    }

    @Override
    public void write(InetSocketAddress to, ByteBuf bytes) {
      if (channel.isWritable()) {
        channel.write(new DatagramPacket(bytes, to), channel.voidPromise());
      } else {
        bytes.release(); // the network is slower than we: what is lost is sent again
      }
    }

    @Override
    public void flush() {
      channel.flush();
    }
  }
}
