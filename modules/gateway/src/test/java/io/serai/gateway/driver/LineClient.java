package io.serai.gateway.driver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A peer that sends and reads lines over a socket of the JDK. */
final class LineClient implements AutoCloseable {
  private final Socket socket;
  private final BufferedReader in;
  private final OutputStream out;

  LineClient(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(60_000); // a read cannot be interrupted
    in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    out = socket.getOutputStream();
  }

  void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The next line; null when the peer has closed. */
  String read() throws IOException {
    return in.readLine();
  }

  /** Whether nothing has come that was not read. */
  boolean isQuiet() throws IOException {
    return !in.ready();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
