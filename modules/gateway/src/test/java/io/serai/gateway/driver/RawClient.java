package io.serai.gateway.driver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;

/** A peer that may send any byte: each character is one. */
final class RawClient implements AutoCloseable {
  final Socket socket;
  final BufferedReader in;

  RawClient(int port, String sent) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(60_000); // a read cannot be interrupted
    in = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
    write(sent);
  }

  /** The request that asks for a WebSocket. */
  static String upgrade(String path) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Protocol: line\r\n\r\n";
  }

  void write(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /**
   * Reads until {@code end} has come, and answers all that was read; fails when the peer closes.
   */
  String readUntil(String end) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(end) < 0) {
      int c = in.read();
      if (c < 0) {
        throw new IOException("end after " + read);
      }
      read.append((char) c);
    }
    return read.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
