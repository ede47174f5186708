package io.serai.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code serai delayed}: what waits in the delayed exchanges of a running node. */
@Command(
    name = "delayed",
    description = "Lists and cancels messages that wait in a delayed exchange of a running node.",
    synopsisSubcommandLabel = "(list | cancel)",
    footer = {"", "Exit codes: 0 ok, 1 refused or nothing there, 2 usage, 3 cannot connect."})
final class DelayedCommand {
  @Mixin HelpOption help = new HelpOption();

  private final PrintWriter out;
  private final PrintWriter err;

  DelayedCommand(PrintWriter out, PrintWriter err) {
    this.out = out;
    this.err = err;
  }

  /** What waits in one exchange of a node. */
  static final class Place {
    @Mixin HelpOption help = new HelpOption();

    @Mixin HttpOptions http = new HttpOptions();

    @Parameters(index = "0", paramLabel = "EXCHANGE", description = "The delayed exchange.")
    String exchange = "";

    String path() {
      return "/api/delayed-messages/"
          + HttpOptions.encoded(http.vhost)
          + '/'
          + HttpOptions.encoded(exchange);
    }
  }

  @Command(
      name = "list",
      description = {
        "Lists messages, those due first: when, message id, routing key, size.",
        "With more than fit, --from the last one's time goes on."
      })
  int list(
      @Mixin Place place,
      @Option(
              names = "--from",
              paramLabel = "TIME",
              converter = Time.class,
              description = "Only those due then or later, such as 2026-01-31T08:00:00Z.")
          @Nullable Instant from,
      @Option(
              names = "--limit",
              paramLabel = "COUNT",
              defaultValue = "100",
              description = "At most that many, up to 1000. Default: ${DEFAULT-VALUE}.")
          int limit) {
    long fromMillis = from == null ? 0 : from.toEpochMilli();
    return tell(place.http, "GET", place.path() + "?limit=" + limit + "&from=" + fromMillis);
  }

  @Command(
      name = "cancel",
      description = "Takes back what waits under a message id, and tells what that was.")
  int cancel(
      @Mixin Place place,
      @Parameters(index = "1", paramLabel = "MESSAGE-ID", description = "Its message id.")
          String messageId) {
    return tell(
        place.http, "DELETE", place.path() + "?message-id=" + HttpOptions.encoded(messageId));
  }

  /** Reads a time, or says how one is written. */
  static final class Time implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return Instant.parse(text);
      } catch (DateTimeParseException e) {
        throw new TypeConversionException(
            "\"%s\" is not a time such as 2026-01-31T08:00:00Z".formatted(text));
      }
    }
  }

  private int tell(HttpOptions http, String method, String path) {
    try {
      HttpResponse<String> answer = http.ask(method, path);
      if (answer.statusCode() != 200) {
        err.println(refusal(answer));
        return ExitCode.PROBLEM;
      }
      JsonArray messages = new JsonArray(answer.body());
      for (int i = 0; i < messages.size(); i++) {
        out.println(line(messages.getJsonObject(i)));
      }
      boolean isCancelOfNothing = messages.isEmpty() && method.equals("DELETE");
      if (isCancelOfNothing) {
        err.println("nothing waits under that message id");
      }
      return isCancelOfNothing ? ExitCode.PROBLEM : ExitCode.OK;
    } catch (DecodeException | ClassCastException e) {
      err.println(http.url + " is no Serai node: its answer is not what one would say");
      return ExitCode.PROBLEM;
    } catch (IOException e) {
      err.println(
          "cannot reach "
              + http.url
              + ": "
              + reason(e)
              + ". Is the node running? Name it by --url.");
      return ExitCode.CANNOT_CONNECT;
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case ConnectException _ -> "nobody answers there";
      case HttpTimeoutException _ -> "no answer in time";
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }

  private static String refusal(HttpResponse<String> answer) {
    String why;
    try {
      why = new JsonObject(answer.body()).getString("error", "");
    } catch (DecodeException | ClassCastException e) {
      why = "";
    }
    return "refused with " + answer.statusCode() + (why.isEmpty() ? "" : ": " + printable(why));
  }

  private static String line(JsonObject message) {
    String id = message.getString("message_id");
    return "%s  %s  %s  %d bytes"
        .formatted(
            message.getString("due"),
            id == null ? "-" : printable(id),
            printable(message.getString("routing_key", "")),
            message.getLong("body_bytes", 0L));
  }

  /** What clients chose may not speak to the terminal. */
  private static String printable(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints().forEach(c -> shown.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return shown.toString();
  }
}
