package io.serai.interop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * CoAP datagram by datagram, for what clients never do: lose, repeat, swap and spoil messages, and
 * keep acknowledgements to themselves.
 */
final class CoapWire implements AutoCloseable {
  static final int CON = 0;
  static final int NON = 1;
  static final int ACK = 2;
  static final int RST = 3;

  static final int GET = 0x01;
  static final int POST = 0x02;
  static final int PUT = 0x03;
  static final int DELETE = 0x04;

  static final int OBSERVE = 6;
  static final int URI_PATH = 11;
  static final int URI_QUERY = 15;
  static final int BLOCK2 = 23;
  static final int BLOCK1 = 27;

  private static final int WAIT_MILLIS = 60_000;

  private final DatagramSocket socket;

  /** The node remembers requests of a port by their ids, so none is used again. */
  private static final Set<Integer> USED_PORTS = ConcurrentHashMap.newKeySet();

  CoapWire(int port) throws IOException {
    DatagramSocket fresh = new DatagramSocket();
    while (!USED_PORTS.add(fresh.getLocalPort())) {
      fresh.close();
      fresh = new DatagramSocket();
    }
    socket = fresh;
    socket.connect(new InetSocketAddress("127.0.0.1", port));
  }

  /** A message that came: its header, its options (the last of each number) and its payload. */
  record Message(
      int type, int code, int id, String token, Map<Integer, byte[]> options, String payload) {
    /** As CoAP writes it: class, dot, two digits. */
    String status() {
      return "%d.%02d".formatted(code >> 5, code & 31);
    }

    /** The number in an option, or -1. */
    int number(int option) {
      byte[] value = options.get(option);
      int number = value == null ? -1 : 0;
      for (int i = 0; value != null && i < value.length; i++) {
        number = number << 8 | value[i] & 0xff;
      }
      return number;
    }
  }

  // ---- writing

  /** A message under construction; options in the order of their numbers. */
  static final class Request {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int lastNumber;

    Request(int type, int code, int id, String token) {
      byte[] bytes = HexFormat.of().parseHex(token);
      out.write(0x40 | type << 4 | bytes.length);
      out.write(code);
      out.write(id >> 8);
      out.write(id);
      out.writeBytes(bytes);
    }

    Request option(int number, byte[] value) {
      int delta = number - lastNumber;
      lastNumber = number;
      out.write(nibble(delta) << 4 | nibble(value.length));
      extend(delta);
      extend(value.length);
      out.writeBytes(value);
      return this;
    }

    Request option(int number, String text) {
      return option(number, text.getBytes(StandardCharsets.UTF_8));
    }

    Request option(int number, int value) {
      byte[] bytes = {(byte) (value >> 16), (byte) (value >> 8), (byte) value};
      int from = 0;
      while (from < bytes.length && bytes[from] == 0) {
        from++;
      }
      return option(number, Arrays.copyOfRange(bytes, from, bytes.length));
    }

    Request path(String path) {
      for (String segment : path.split("/")) {
        option(URI_PATH, segment);
      }
      return this;
    }

    /** A block: its number, whether more follow, and its size as RFC 7959 writes it. */
    Request block(int option, int number, boolean isMore, int exponent) {
      return option(option, number << 4 | (isMore ? 8 : 0) | exponent);
    }

    byte[] bytes() {
      return out.toByteArray();
    }

    byte[] bytes(String payload) {
      out.write(0xff);
      out.writeBytes(payload.getBytes(StandardCharsets.UTF_8));
      return out.toByteArray();
    }

    private static int nibble(int value) {
      return value < 13 ? value : value < 269 ? 13 : 14;
    }

    private void extend(int value) {
      if (value >= 269) {
        out.write(value - 269 >> 8);
        out.write(value - 269);
      } else if (value >= 13) {
        out.write(value - 13);
      }
    }
  }

  static byte[] empty(int type, int id) {
    return new byte[] {(byte) (0x40 | type << 4), 0, (byte) (id >> 8), (byte) id};
  }

  void send(byte[] datagram) throws IOException {
    socket.send(new DatagramPacket(datagram, datagram.length));
  }

  // ---- reading

  /** The next message; fails when none comes. */
  Message receive() throws IOException {
    socket.setSoTimeout(WAIT_MILLIS);
    DatagramPacket in = new DatagramPacket(new byte[65_536], 65_536);
    socket.receive(in);
    return parse(Arrays.copyOf(in.getData(), in.getLength()));
  }

  /** Sends and gives what comes back. */
  Message ask(byte[] datagram) throws IOException {
    send(datagram);
    return receive();
  }

  /** Whether nothing comes for a while. */
  boolean isSilent(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      socket.receive(new DatagramPacket(new byte[65_536], 65_536));
      return false;
    } catch (SocketTimeoutException e) {
      return true;
    }
  }

  static Message parse(byte[] bytes) {
    int tokenLength = bytes[0] & 0xf;
    int at = 4 + tokenLength;
    int number = 0;
    Map<Integer, byte[]> options = new TreeMap<>();
    while (at < bytes.length && (bytes[at] & 0xff) != 0xff) {
      int head = bytes[at++] & 0xff;
      int[] values = {head >> 4, head & 0xf};
      for (int i = 0; i < 2; i++) {
        if (values[i] == 13) {
          values[i] = (bytes[at++] & 0xff) + 13;
        } else if (values[i] == 14) {
          values[i] = ((bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff) + 269;
          at += 2;
        }
      }
      number += values[0];
      options.put(number, Arrays.copyOfRange(bytes, at, at + values[1]));
      at += values[1];
    }
    return new Message(
        bytes[0] >> 4 & 3,
        bytes[1] & 0xff,
        (bytes[2] & 0xff) << 8 | bytes[3] & 0xff,
        HexFormat.of().formatHex(bytes, 4, 4 + tokenLength),
        options,
        at < bytes.length
            ? new String(bytes, at + 1, bytes.length - at - 1, StandardCharsets.UTF_8)
            : "");
  }

  @Override
  public void close() {
    socket.close();
  }
}
