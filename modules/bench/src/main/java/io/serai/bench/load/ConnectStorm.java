package io.serai.bench.load;

import io.serai.bench.cost.Meter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * MQTT clients that connect, say who they are, perhaps subscribe, and leave again, so many at a
 * time and one after the other in each place. Every client has an id of its own. Confined to the
 * thread that calls {@link #run}.
 */
public final class ConnectStorm {
  private static final int SELECT_MILLIS = 100;
  private static final int CONNACK_BYTES = 4;
  private static final int SUBACK_BYTES = 5;

  /** Latencies are counted in steps of 10 microseconds, up to 2 seconds. */
  private static final int STEP_NANOS = 10_000;

  private static final int STEPS = 200_000;

  /**
   * What came out.
   *
   * @param connects clients that were welcomed while it counted
   * @param p50Micros from connecting to CONNACK, or SUBACK
   * @param p99Micros likewise
   * @param spent CPU while it counted
   */
  public record Result(long connects, long p50Micros, long p99Micros, Meter.Spent spent) {
    /** Clients in a second. */
    public double perSecond() {
      return connects / spent.seconds();
    }
  }

  private final Target target;
  private final boolean subscribes;
  private final Meter meter;
  private final Selector selector;
  private final ByteBuffer in = ByteBuffer.allocateDirect(256);
  private final int[] steps = new int[STEPS];
  private long nextClient;
  private long connects;
  private boolean isCounting;

  private ConnectStorm(Target target, boolean subscribes, Meter meter) throws IOException {
    this.target = target;
    this.subscribes = subscribes;
    this.meter = meter;
    this.selector = Selector.open();
  }

  /**
   * Runs a storm.
   *
   * @param places clients at a time
   * @param subscribes whether each subscribes before it leaves
   */
  public static Result run(
      Target target,
      int places,
      boolean subscribes,
      double warmSeconds,
      double seconds,
      Meter meter)
      throws IOException {
    ConnectStorm storm = new ConnectStorm(target, subscribes, meter);
    try (storm.selector) {
      return storm.run(places, warmSeconds, seconds);
    }
  }

  private Result run(int places, double warmSeconds, double seconds) throws IOException {
    List<Place> all = new ArrayList<>();
    for (int i = 0; i < places; i++) {
      Place place = new Place();
      all.add(place);
      place.begin();
    }
    turnUntil(System.nanoTime() + (long) (warmSeconds * 1e9));
    isCounting = true;
    Meter.Reading before = meter.read();
    turnUntil(System.nanoTime() + (long) (seconds * 1e9));
    Meter.Spent spent = meter.read().since(before);
    for (Place place : all) {
      place.leave();
    }
    return new Result(connects, percentileMicros(0.5), percentileMicros(0.99), spent);
  }

  private void turnUntil(long untilNanos) throws IOException {
    while (System.nanoTime() < untilNanos) {
      selector.select(
          key -> {
            try {
              ((Place) key.attachment()).ready();
            } catch (IOException e) {
              throw new LoadFailure("the broker closed a connection it should have welcomed", e);
            }
          },
          SELECT_MILLIS);
    }
  }

  private void welcomed(long nanos) {
    if (isCounting) {
      connects++;
      steps[(int) Math.min(STEPS - 1, nanos / STEP_NANOS)]++;
    }
  }

  private long percentileMicros(double part) {
    long wanted = (long) Math.ceil(connects * part);
    long seen = 0;
    for (int i = 0; i < STEPS; i++) {
      seen += steps[i];
      if (seen >= wanted) {
        return (long) (i + 1) * STEP_NANOS / 1000;
      }
    }
    return 0;
  }

  /** One client after the other. */
  private final class Place {
    private @Nullable SocketChannel channel;
    private long begunNanos;
    private boolean isIn;
    private int received;

    void begin() throws IOException {
      begunNanos = System.nanoTime();
      isIn = false;
      received = 0;
      SocketChannel opened = SocketChannel.open();
      channel = opened;
      try {
        // On loopback this does not wait for anybody but the kernel.
        opened.connect(new InetSocketAddress(target.host(), target.port(Protocol.MQTT)));
      } catch (IOException e) {
        throw LoadFailure.unreachable(
            "cannot connect to " + target.host() + ":" + target.mqttPort(), e);
      }
      opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
      opened.configureBlocking(false);
      opened.register(selector, SelectionKey.OP_READ, this);
      MqttPackets.putConnect(out.clear(), target, "storm-" + nextClient++);
      write(opened);
    }

    private final ByteBuffer out = ByteBuffer.allocateDirect(512);

    private void write(SocketChannel to) throws IOException {
      out.flip();
      while (out.hasRemaining()) {
        to.write(out);
      }
    }

    void ready() throws IOException {
      SocketChannel from = channel;
      if (from == null) {
        return;
      }
      int count = from.read(in.clear());
      if (count < 0) {
        throw new LoadFailure("the broker closed a connection it should have welcomed");
      }
      received += count;
      if (!isIn) {
        if (received < CONNACK_BYTES) {
          return;
        }
        if (in.get(3) != 0) {
          throw new LoadFailure("CONNACK refuses with code " + in.get(3));
        }
        isIn = true;
        received = 0;
        if (subscribes) {
          MqttPackets.putSubscribe(out.clear(), "storm/" + nextClient, 0);
          write(from);
          return;
        }
      } else if (received < SUBACK_BYTES) {
        return;
      }
      welcomed(System.nanoTime() - begunNanos);
      leave();
      begin();
    }

    void leave() throws IOException {
      SocketChannel leaving = channel;
      if (leaving != null) {
        channel = null;
        out.clear().putShort((short) 0xE000); // DISCONNECT
        write(leaving);
        leaving.close();
      }
    }
  }
}
