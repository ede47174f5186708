package io.serai.interop;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A STOMP connection by frames as text, for what a client library would not show. */
final class StompWire implements AutoCloseable {
  private static final int LIMIT_MILLIS = 60_000;

  private final Socket socket;

  private StompWire(Socket socket) {
    this.socket = socket;
  }

  /** A connection that is logged in. */
  static StompWire connect(int port) throws IOException {
    StompWire wire = new StompWire(new Socket("127.0.0.1", port));
    wire.send("CONNECT\naccept-version:1.2\nhost:/\nlogin:guest\npasscode:guest\n\n");
    String answer = wire.next();
    if (!answer.startsWith("CONNECTED\n")) {
      throw new IllegalStateException(answer);
    }
    return wire;
  }

  /** Sends a frame without the zero that ends it. */
  void send(String frame) throws IOException {
    socket.getOutputStream().write((frame + "\0").getBytes(StandardCharsets.UTF_8));
  }

  boolean isSilentFor(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      return socket.getInputStream().read() == '\n' && isSilentFor(millis); // a heart-beat is
    } catch (SocketTimeoutException _) {
      return true;
    }
  }

  /** The next frame, without the zero that ends it. */
  String next() throws IOException {
    socket.setSoTimeout(LIMIT_MILLIS);
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    for (int next; (next = in.read()) != 0; ) {
      if (next < 0) {
        throw new EOFException("the node closed after: " + frame);
      }
      if (frame.size() > 0 || next != '\n') {
        frame.write(next);
      }
    }
    return frame.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
