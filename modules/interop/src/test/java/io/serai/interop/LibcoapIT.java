package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CoAP's messages with libcoap's client: loss, blocks, TCP. */
@Uses(ThirdParty.LIBCOAP)
class LibcoapIT {
  private static final int SECONDS = 120;

  private final SeraiProcess node = SharedNode.get();

  @TempDir Path folder;

  private static Finished coap(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("coap-client-notls"));
    command.addAll(Arrays.asList(arguments));
    return Finished.of(new ProcessBuilder(command), SECONDS, Map.of(), "");
  }

  private String uri(String scheme, String path) {
    String listener = scheme.equals("coap") ? "coap" : "coap-tcp";
    return "%s://127.0.0.1:%d/%s".formatted(scheme, node.port(listener), path);
  }

  private Path body(int length) throws Exception {
    StringBuilder text = new StringBuilder();
    Random random = new Random(length);
    while (text.length() < length) {
      text.append((char) ('a' + random.nextInt(26)));
    }
    return Files.writeString(folder.resolve("body"), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"coap", "coap+tcp"})
  void aLongBodyGoesThereAndBack(String scheme) throws Exception {
    Path sent = body(20_000);
    Path got = folder.resolve("got");
    String uri = uri(scheme, "ps/libcoap/" + scheme.length() + "/long");
    coap("-m", "put", "-f", sent.toString(), uri);
    coap("-o", got.toString(), uri);
    assertThat(got).hasSameBinaryContentAs(sent);
  }

  @Test
  void aBodyGoesInBlocksOfTheSizeTheClientWants() throws Exception {
    Path sent = body(3_000);
    Path got = folder.resolve("got");
    String uri = uri("coap", "ps/libcoap/small");
    coap("-m", "put", "-b", "64", "-f", sent.toString(), uri);
    coap("-b", "128", "-o", got.toString(), uri);
    assertThat(got).hasSameBinaryContentAs(sent);
  }

  @Test
  void whatIsLostIsSentAgain() throws Exception {
    String uri = uri("coap", "ps/libcoap/lossy");
    // the second and the third datagram that the client sends are lost
    coap("-l", "1", "-m", "put", "-e", "arrived", uri);
    assertThat(coap("-l", "1,2", uri).output()).contains("arrived");
  }

  @ParameterizedTest
  @ValueSource(strings = {"coap", "coap+tcp"})
  void anObserverIsToldOfEachState(String scheme) throws Exception {
    String path = "ps/libcoap/" + scheme.length() + "/state";
    coap("-m", "put", "-e", "0;", uri("coap", path));
    Path output = folder.resolve("seen");
    Process observer =
        new ProcessBuilder("stdbuf", "-o0", "coap-client-notls", "-s", "600", uri(scheme, path))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      for (int i = 1; i <= 3; i++) {
        awaitText(output, i - 1 + ";"); // a state that is not told yet would be left out
        coap("-m", "put", "-e", i + ";", uri("coap", path));
      }
      awaitText(output, "3;");
    } finally {
      observer.destroyForcibly();
    }
    assertThat(Files.readString(output).replaceAll("\\s", "")).isEqualTo("0;1;2;3;");
  }

  private static void awaitText(Path file, String text) throws Exception {
    Eventually.await(text, SECONDS, () -> Files.readString(file).contains(text));
  }
}
