package io.serai.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The application of the demo: speaks just enough AMQP 0-9-1 over a socket to consume from a queue.
 * It shares no code with the gateway, so what the demo shows went over the wire.
 */
final class DemoConsumer implements AutoCloseable {
  private static final int METHOD = 1;
  private static final int HEADER = 2;
  private static final int BODY = 3;
  private static final int HEARTBEAT = 8;
  private static final int FRAME_END = 0xCE;
  private static final int NO_ACK = 0b10;
  private static final int HAS_CONTENT_TYPE = 1 << 15;

  // class id << 16 | method id
  private static final int START = 10 << 16 | 10;
  private static final int START_OK = 10 << 16 | 11;
  private static final int TUNE = 10 << 16 | 30;
  private static final int TUNE_OK = 10 << 16 | 31;
  private static final int OPEN = 10 << 16 | 40;
  private static final int OPEN_OK = 10 << 16 | 41;
  private static final int CLOSE = 10 << 16 | 50;
  private static final int CLOSE_OK = 10 << 16 | 51;
  private static final int CHANNEL_OPEN = 20 << 16 | 10;
  private static final int CHANNEL_OPEN_OK = 20 << 16 | 11;
  private static final int CONSUME = 60 << 16 | 20;
  private static final int CONSUME_OK = 60 << 16 | 21;
  private static final int DELIVER = 60 << 16 | 60;

  /**
   * One message as it came.
   *
   * @param contentType empty when the message has none
   */
  record Received(String exchange, String routingKey, String contentType, String body) {}

  /** Writes the arguments of a method. */
  private interface Arguments {
    void write(DataOutputStream out) throws IOException;
  }

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  /** Connects, logs in and starts to consume. */
  DemoConsumer(String host, int port, String queue, int timeoutMillis) throws IOException {
    socket = new Socket(host, port);
    socket.setSoTimeout(timeoutMillis);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
    out.write(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
    expect(START);
    method(
        0,
        START_OK,
        args -> {
          args.writeInt(0); // no client properties
          shortText(args, "PLAIN");
          longText(args, "\0guest\0guest");
          shortText(args, "en_US");
        });
    DataInputStream tune = expect(TUNE);
    int channelMax = tune.readUnsignedShort();
    int frameMax = tune.readInt();
    method(
        0,
        TUNE_OK,
        args -> {
          args.writeShort(channelMax);
          args.writeInt(frameMax);
          args.writeShort(0); // no heartbeat
        });
    method(
        0,
        OPEN,
        args -> {
          shortText(args, "/");
          shortText(args, "");
          args.writeByte(0);
        });
    expect(OPEN_OK);
    method(1, CHANNEL_OPEN, args -> shortText(args, ""));
    expect(CHANNEL_OPEN_OK);
    method(
        1,
        CONSUME,
        args -> {
          args.writeShort(0);
          shortText(args, queue);
          shortText(args, "");
          args.writeByte(NO_ACK);
          args.writeInt(0); // no arguments
        });
    expect(CONSUME_OK);
  }

  /** The next message. */
  Received receive() throws IOException {
    DataInputStream deliver = expect(DELIVER);
    shortText(deliver); // consumer tag
    deliver.readLong(); // delivery tag
    deliver.readByte(); // redelivered
    String exchange = shortText(deliver);
    String routingKey = shortText(deliver);
    DataInputStream header = new DataInputStream(new ByteArrayInputStream(frame(HEADER)));
    header.readInt(); // class and weight
    long size = header.readLong();
    String contentType =
        (header.readUnsignedShort() & HAS_CONTENT_TYPE) != 0 ? shortText(header) : "";
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (body.size() < size) {
      body.write(frame(BODY));
    }
    return new Received(exchange, routingKey, contentType, body.toString(StandardCharsets.UTF_8));
  }

  private void method(int channel, int id, Arguments arguments) throws IOException {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    DataOutputStream to = new DataOutputStream(payload);
    to.writeInt(id);
    arguments.write(to);
    out.writeByte(METHOD);
    out.writeShort(channel);
    out.writeInt(payload.size());
    payload.writeTo(out);
    out.writeByte(FRAME_END);
    out.flush();
  }

  /** The arguments of the next method, which must be {@code id}. */
  private DataInputStream expect(int id) throws IOException {
    DataInputStream method = new DataInputStream(new ByteArrayInputStream(frame(METHOD)));
    int found = method.readInt();
    if (found != id) {
      throw new IOException(
          "expected AMQP method %d.%d, got %d.%d"
              .formatted(id >>> 16, id & 0xFFFF, found >>> 16, found & 0xFFFF));
    }
    return method;
  }

  /** The payload of the next frame, which must be of this type; heartbeats are passed over. */
  private byte[] frame(int type) throws IOException {
    while (true) {
      int found = in.readUnsignedByte();
      in.readUnsignedShort(); // channel
      byte[] payload = in.readNBytes(in.readInt());
      in.readUnsignedByte(); // frame end
      if (found == type) {
        return payload;
      }
      if (found != HEARTBEAT) {
        throw new IOException("expected AMQP frame type " + type + ", got " + found);
      }
    }
  }

  private static String shortText(DataInputStream from) throws IOException {
    return new String(from.readNBytes(from.readUnsignedByte()), StandardCharsets.UTF_8);
  }

  private static void shortText(DataOutputStream to, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    to.writeByte(bytes.length);
    to.write(bytes);
  }

  private static void longText(DataOutputStream to, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    to.writeInt(bytes.length);
    to.write(bytes);
  }

  @Override
  public void close() throws IOException {
    method(
        0,
        CLOSE,
        args -> {
          args.writeShort(200);
          shortText(args, "");
          args.writeInt(0);
        });
    expect(CLOSE_OK);
    socket.close();
  }
}
