package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** CoAP over TCP byte by byte (RFC 8323 §3 and §5). */
class CoapTcpIT {
  private Socket socket;

  @BeforeEach
  void open() throws IOException {
    socket = new Socket("127.0.0.1", SharedNode.get().port("coap-tcp"));
    socket.setSoTimeout(60_000);
    socket.setTcpNoDelay(true);
    assertThat(message()).as("CSM comes first").contains("e1");
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
  }

  private void send(String hex) throws IOException {
    socket.getOutputStream().write(HexFormat.of().parseHex(hex.replace(" ", "")));
  }

  /** The next message of less than 269 bytes of options and payload, in hexadecimal. */
  private String message() throws IOException {
    int first = socket.getInputStream().read();
    if (first < 0) {
      return "end";
    }
    int length = first >> 4;
    String extended = "";
    if (length == 13) {
      int more = socket.getInputStream().read();
      extended = HexFormat.of().toHexDigits((byte) more);
      length = 13 + more;
    }
    byte[] rest = socket.getInputStream().readNBytes(1 + (first & 0xf) + length);
    return HexFormat.of().toHexDigits((byte) first) + extended + HexFormat.of().formatHex(rest);
  }

  @Test
  void messagesMayComeInAnyPieces() throws Exception {
    for (String piece : "00 e1 81 03 01 b2 70 73 02 74 31 ff 68".split(" ")) {
      send(piece);
    }
    assertThat(message()).isEqualTo("014101"); // 2.01
    send("01 e2 05 01 e2 06");
    assertThat(message()).isEqualTo("01e305");
    assertThat(message()).isEqualTo("01e306");
  }

  @Test
  void custodyIsGiven() throws Exception {
    send("00 e1 11 e2 05 20");
    assertThat(message()).isEqualTo("11e30520");
  }

  @Test
  void whoeverReleasesIsLetGo() throws Exception {
    send("00 e1 00 e4");
    assertThat(message()).isEqualTo("end");
  }

  @Test
  void whatCannotBeReadAborts() throws Exception {
    send("00 e1 0f 01");
    assertThat(message()).contains("e5");
    assertThat(message()).isEqualTo("end");
  }

  @Test
  void aRequestBeforeTheCapabilitiesAborts() throws Exception {
    send("01 01 05");
    assertThat(message()).contains("e5");
    assertThat(message()).isEqualTo("end");
  }
}
