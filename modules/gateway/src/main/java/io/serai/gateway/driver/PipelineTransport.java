package io.serai.gateway.driver;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.DuplexChannel;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.impl.ShutdownEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP or TLS socket whose bytes are decoded in the channel's own pipeline, in the place of
 * Vert.x's handler: this saves Vert.x's copy of every read, and of every connection 5 KiB of
 * Vert.x's queues, which nobody would use. With {@link DatagramListener} and the end of {@link
 * WebSocketTransport} all that knows Vert.x's internal pipeline access; {@link SocketTransport} is
 * the way without it.
 */
final class PipelineTransport extends ChannelInboundHandlerAdapter implements Transport {
  private static final Logger log = LoggerFactory.getLogger(PipelineTransport.class);

  private static final WriteBufferWaterMark WRITE_MARKS =
      new WriteBufferWaterMark(256 * 1024, 1024 * 1024);

  private final Channel channel;
  private final boolean isTls;
  private final ReadBudget budget = new ReadBudget();
  private @Nullable ChannelHandlerContext own;
  private @Nullable TransportEvents events;
  private boolean finished;

  private PipelineTransport(Channel channel, boolean isTls) {
    this.channel = channel;
    this.isTls = isTls;
  }

  /** The transport of {@code socket}, or null when its pipeline is not to be had. */
  static @Nullable PipelineTransport of(NetSocket socket) {
    return socket instanceof NetSocketInternal internal
            && internal.channelHandlerContext().channel().eventLoop().inEventLoop()
        ? new PipelineTransport(internal.channelHandlerContext().channel(), socket.isSsl())
        : null;
  }

  /** Takes the place of {@code socket}'s handler and starts handing over what comes in. */
  void attach(NetSocket socket, TransportEvents to) {
    ChannelHandlerContext vertxHandler = ((NetSocketInternal) socket).channelHandlerContext();
    this.events = to;
    channel.config().setRecvByteBufAllocator(new BudgetedReads(budget));
    channel.config().setWriteBufferWaterMark(WRITE_MARKS);
    channel.pipeline().addBefore(vertxHandler.name(), "serai", this);
    own = channel.pipeline().context(this);
    channel.pipeline().remove(vertxHandler.handler());
  }

  /** The server closes: what Vert.x's handler would do. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ShutdownEvent) {
      ctx.close();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    TransportEvents to = events;
    if (message instanceof ByteBuf bytes && to != null) {
      to.received(bytes);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    TransportEvents to = events;
    if (to != null) {
      to.closed();
    }
    ctx.fireChannelInactive();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    TransportEvents to = events;
    if (to != null && channel.isWritable()) {
      to.drained();
    }
    ctx.fireChannelWritabilityChanged();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      log.debug("transport failed client={}", channel.remoteAddress(), cause);
    }
    ctx.close();
  }

  private ChannelHandlerContext own() {
    ChannelHandlerContext known = own;
    if (known == null) {
      throw new IllegalStateException("transport used before attach");
    }
    return known;
  }

  @Override
  public ByteBufAllocator allocator() {
    return channel.alloc();
  }

  @Override
  public void write(ByteBuf bytes) {
    own().write(bytes, channel.voidPromise());
  }

  @Override
  public void flush() {
    own().flush();
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public long waitingBytes() {
    return channel.bytesBeforeWritable();
  }

  @Override
  public void handled(int bytes, long nanos, long turnNanos) {
    budget.handled(bytes, nanos, turnNanos);
  }

  @Override
  public void pauseReading() {
    channel.config().setAutoRead(false);
  }

  @Override
  public void resumeReading() {
    channel.config().setAutoRead(true);
  }

  @Override
  public void finish(boolean isPeerDone) {
    if (finished) {
      return;
    }
    finished = true;
    if (!isTls && channel instanceof DuplexChannel duplex) {
      // A plain close with unread input makes the kernel send RST, and the peer loses our last
      // words. It comes behind what waits for the socket, which a shutdown would drop.
      own()
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(_ -> {
            if (isPeerDone) {
              duplex.close();
            } else {
              duplex.shutdownOutput();
            }
          });
    } else {
      own().close();
    }
  }

  @Override
  public void close() {
    channel.close();
  }
}
