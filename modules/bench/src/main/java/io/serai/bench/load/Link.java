package io.serai.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection: blocking while it is set up, then without blocking. What is written gathers
 * in a buffer until {@link #flush}; what is read goes through a buffer all links of a thread share,
 * and only the beginning of an unfinished frame is kept here.
 */
final class Link {
  private static final int FIRST_BYTES = 4096;
  private static final int CONNECT_TIMEOUT_MILLIS = 10_000;

  private final String name;
  private final SocketChannel channel;
  private ByteBuffer out = ByteBuffer.allocateDirect(FIRST_BYTES);
  private ByteBuffer rest = ByteBuffer.allocateDirect(FIRST_BYTES); // the unfinished frame
  private @Nullable SelectionKey key;
  private boolean isWaiting; // for the socket to take more

  private Link(String name, SocketChannel channel) {
    this.name = name;
    this.channel = channel;
  }

  /**
   * Connects, blocking.
   *
   * @param name for messages: {@code AMQP consumer 3}
   * @throws LoadFailure when nobody listens there
   */
  static Link connect(String name, String host, int port) {
    try {
      SocketChannel channel = SocketChannel.open();
      channel.socket().connect(new InetSocketAddress(host, port), CONNECT_TIMEOUT_MILLIS);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      return new Link(name, channel);
    } catch (IOException e) {
      throw LoadFailure.unreachable("cannot connect " + name + " to " + host + ":" + port, e);
    }
  }

  String name() {
    return name;
  }

  /** The buffer to write to, with room for at least so many bytes. */
  ByteBuffer room(int bytes) {
    if (out.remaining() < bytes) {
      out = grown(out, out.position() + bytes);
    }
    return out;
  }

  private static ByteBuffer grown(ByteBuffer full, int bytes) {
    ByteBuffer larger =
        ByteBuffer.allocateDirect(Math.max(full.capacity() * 2, Integer.highestOneBit(bytes) << 1));
    larger.put(full.flip());
    return larger;
  }

  /** Bytes written and not yet in the socket. */
  int pendingBytes() {
    return out.position();
  }

  /** Whether the socket is full and will say when it is not. */
  boolean isWaiting() {
    return isWaiting;
  }

  /** Gives the socket what it takes. Returns whether that was everything. */
  boolean flush() {
    out.flip();
    try {
      while (out.hasRemaining() && channel.write(out) > 0) {}
    } catch (IOException e) {
      throw new LoadFailure(name + ": the broker closed the connection", e);
    }
    boolean isAll = !out.hasRemaining();
    out.compact();
    return isAll;
  }

  /** As {@link #flush}; if the socket is full the selector is asked to say when it is not. */
  void flushOrWait() {
    boolean isAll = flush();
    if (isAll == isWaiting && key != null) {
      isWaiting = !isAll;
      key.interestOps(SelectionKey.OP_READ | (isWaiting ? SelectionKey.OP_WRITE : 0));
    }
  }

  /** Ends the set-up: from here on nothing blocks. */
  void watch(java.nio.channels.Selector selector, Object attachment) {
    try {
      channel.configureBlocking(false);
      key = channel.register(selector, SelectionKey.OP_READ, attachment);
    } catch (IOException e) {
      throw new LoadFailure(name + ": cannot be watched", e);
    }
  }

  /**
   * Reads what is there behind the unfinished frame of last time.
   *
   * @param in empty; afterwards ready to be read from
   * @return whether the buffer was filled, so there may be more
   */
  boolean read(ByteBuffer in) {
    in.put(rest.flip());
    rest.clear();
    try {
      if (channel.read(in) < 0) {
        throw new LoadFailure(name + ": the broker closed the connection");
      }
    } catch (IOException e) {
      throw new LoadFailure(name + ": the broker closed the connection", e);
    }
    boolean isFull = !in.hasRemaining();
    in.flip();
    return isFull;
  }

  /** Keeps what remains: the beginning of a frame whose end has not come. */
  void keep(ByteBuffer in) {
    if (rest.capacity() < in.remaining()) {
      rest = ByteBuffer.allocateDirect(Integer.highestOneBit(in.remaining()) << 1);
    }
    rest.put(in);
  }

  /**
   * During set-up: the first so many bytes that came, blocking until they are there.
   *
   * @return a view whose position 0 is the first byte; {@link #discard} passes over it
   * @throws LoadFailure when they do not come
   */
  ByteBuffer await(int bytes) {
    if (rest.capacity() < bytes) {
      rest = grown(rest, bytes);
    }
    try {
      while (rest.position() < bytes) {
        if (channel.read(rest) < 0) {
          throw new LoadFailure(name + ": the broker closed the connection during set-up");
        }
      }
    } catch (IOException e) {
      throw new LoadFailure(name + ": the broker closed the connection during set-up", e);
    }
    return rest.duplicate().flip();
  }

  /** During set-up: passes over bytes that were awaited. */
  void discard(int bytes) {
    rest.flip().position(bytes);
    rest.compact();
  }

  /** Closes, politely or not: nobody waits for it. */
  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new LoadFailure(name + ": cannot be closed", e);
    }
  }
}
