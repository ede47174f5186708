package io.serai.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which node a command asks over HTTP, and as whom. */
final class HttpOptions {
  private static final String GUEST = "guest";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The node's HTTP API. Default: port 15672, or SERAI_HTTP, on this machine.")
  String url = "http://127.0.0.1:" + port(System.getenv());

  @Option(
      names = "--vhost",
      paramLabel = "NAME",
      description = "The vhost. Default: ${DEFAULT-VALUE}")
  String vhost = "/";

  @Option(
      names = "--user",
      paramLabel = "NAME",
      description = {
        "Who asks. Default: ${DEFAULT-VALUE}.",
        "The password is in the environment variable SERAI_PASSWORD, or is asked for."
      })
  String user = GUEST;

  private static String port(Map<String, String> environment) {
    String port = environment.get("SERAI_HTTP");
    return port == null || port.isBlank() ? "15672" : port.strip();
  }

  /** Text as one part of a path or query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /**
   * Asks the node.
   *
   * @throws IOException when it cannot be reached, does not answer, or the URL is none
   */
  HttpResponse<String> ask(String method, String path) throws IOException {
    String password = password();
    String login =
        Base64.getEncoder()
            .encodeToString((user + ':' + password).getBytes(StandardCharsets.UTF_8));
    try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url.replaceAll("/+$", "") + path))
              .timeout(PATIENCE)
              .header("Authorization", "Basic " + login)
              .method(method, BodyPublishers.noBody())
              .build();
      return client.send(request, BodyHandlers.ofString());
    } catch (IllegalArgumentException e) {
      throw new IOException("no URL of HTTP", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private String password() throws IOException {
    String given = System.getenv("SERAI_PASSWORD");
    if (given != null) {
      return given;
    }
    if (user.equals(GUEST)) {
      return GUEST; // as every client has it without being told
    }
    String asked = asked();
    return asked == null ? "" : asked;
  }

  private @Nullable String asked() throws IOException {
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
          .readLine();
    }
    char[] typed = console.readPassword("Password of %s: ", user);
    return typed == null ? null : new String(typed);
  }
}
