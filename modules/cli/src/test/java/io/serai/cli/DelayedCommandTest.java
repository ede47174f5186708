package io.serai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code serai delayed} against a node that says what it was told to. */
class DelayedCommandTest {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer node;
  private volatile int status = 200;
  private volatile String answer = "[]";

  @BeforeEach
  void startNode() throws IOException {
    node = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
    node.createContext(
        "/",
        exchange -> {
          asked.add(
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestURI()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    node.start();
  }

  @AfterEach
  void stopNode() {
    node.stop(0);
  }

  private CommandRun run(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "delayed";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[arguments.length + 1] = "--url";
    all[arguments.length + 2] = "http://127.0.0.1:" + node.getAddress().getPort() + "/";
    return CommandRun.of(all);
  }

  @Test
  void whatWaitsIsListedALineEach() {
    answer =
        """
        [{"exchange":"later","routing_key":"a.b","message_id":"order-7",
          "due":"2026-01-31T08:00:00Z","due_ms":1769846400000,"body_bytes":12},
         {"exchange":"later","routing_key":"\\u001b[2J","message_id":null,
          "due":"2026-01-31T08:00:01Z","due_ms":1769846401000,"body_bytes":0}]
        """;
    CommandRun run =
        run("list", "later/x", "--vhost", "a b", "--limit", "2", "--from", "1970-01-01T00:00:05Z");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines())
        .containsExactly(
            "2026-01-31T08:00:00Z  order-7  a.b  12 bytes",
            "2026-01-31T08:00:01Z  -  ?[2J  0 bytes");
    assertThat(asked)
        .containsExactly(
            "GET /api/delayed-messages/a%20b/later%2Fx?limit=2&from=5000 Basic Z3Vlc3Q6Z3Vlc3Q=");
  }

  @Test
  void aCancelTellsWhatItTookBack() {
    answer =
        """
        [{"exchange":"later","routing_key":"k","message_id":"a&b",
          "due":"2026-01-31T08:00:00Z","due_ms":1769846400000,"body_bytes":1}]
        """;
    CommandRun run = run("cancel", "later", "a&b");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("a&b  k  1 bytes");
    assertThat(asked.getFirst())
        .startsWith("DELETE /api/delayed-messages/%2F/later?message-id=a%26b ");
    answer = "[]";
    CommandRun again = run("cancel", "later", "a&b");
    assertThat(again.exitCode()).isEqualTo(ExitCode.PROBLEM);
    assertThat(again.err()).contains("nothing waits under that message id");
  }

  @Test
  void aRefusalIsToldInTheNodesWords() {
    status = 404;
    answer = "{\"error\":\"no exchange 'later' in vhost '/'\"}";
    CommandRun run = run("list", "later");
    assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
    assertThat(run.err()).contains("refused with 404: no exchange 'later' in vhost '/'");
    status = 502;
    answer = "<html>";
    assertThat(run("list", "later").err()).contains("refused with 502");
  }

  @Test
  void whatIsNoNodeIsTold() {
    answer = "<html>hello</html>";
    CommandRun run = run("list", "later");
    assertThat(run.exitCode()).isEqualTo(ExitCode.PROBLEM);
    assertThat(run.err()).contains("is no Serai node");
    node.stop(0);
    CommandRun gone = run("list", "later");
    assertThat(gone.exitCode()).isEqualTo(ExitCode.CANNOT_CONNECT);
    assertThat(gone.err()).contains("cannot reach http://127.0.0.1:");
    assertThat(CommandRun.of("delayed", "list", "x", "--url", "nowhere").exitCode())
        .isEqualTo(ExitCode.CANNOT_CONNECT);
  }

  @Test
  void withoutAnExchangeItIsUsage() {
    assertThat(CommandRun.of("delayed", "list").exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(CommandRun.of("delayed").exitCode()).isEqualTo(ExitCode.USAGE);
  }
}
