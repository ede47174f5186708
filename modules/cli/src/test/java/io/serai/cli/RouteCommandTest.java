package io.serai.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteCommandTest {
  private static final String ROUTES =
      """
      vhosts."/" {
        exchanges.plant { type = topic, alternate-exchange = rest }
        exchanges.rest { type = fanout }
        exchanges.kind { type = headers }
        queues { readings {}, others {}, all {}, pictures {} }
        bindings = [
          { source = plant, destination = readings, key = "temp.*" }
          { source = rest, destination = others, key = "" }
          { source = amq.topic, destination = all, key = "#" }
          { source = kind, destination = pictures, key = "", arguments { x-match = all, type = png } }
        ]
        rules = [{
          name = temperatures
          from { protocol = mqtt, topic = "plant/{line}/temp" }
          to { exchange = plant, key = "temp.{line}" }
        }]
      }
      """;

  @TempDir Path folder;

  @Test
  void aRuleAddsTheQueuesOfItsExchangeToThoseOfTheTopic() throws IOException {
    CommandRun run = route("plant/7/temp");
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("rule temperatures: also to exchange \"plant\" with key temp.7")
        .contains("binding \"temp.*\" -> queue readings")
        .endsWith("goes to all, readings" + System.lineSeparator());
  }

  @Test
  void aRuleForAnotherProtocolDoesNotApply() throws IOException {
    CommandRun run = route("--protocol", "amqp", "--exchange", "amq.topic", "plant.7.temp");
    assertThat(run.out()).doesNotContain("rule").endsWith("goes to all" + System.lineSeparator());
  }

  @Test
  void aCoapTopicIsSpelledLikeMqttsAndAStompTopicLikeAmqps() throws IOException {
    for (String[] publish : new String[][] {{"coap", "plant/7/temp"}, {"stomp", "plant.7.temp"}}) {
      assertThat(route("--protocol", publish[0], publish[1]).out())
          .contains("exchange \"amq.topic\" with key plant.7.temp")
          .endsWith("goes to all" + System.lineSeparator());
    }
  }

  @Test
  void aProtocolThatIsNoneAndAFilterAreUsageErrors() throws IOException {
    assertThat(route("--protocol", "mqqt", "a/b").err()).contains("did you mean \"mqtt\"?");
    CommandRun filter = route("plant/+/temp");
    assertThat(filter.exitCode()).isEqualTo(2);
    assertThat(filter.err()).contains("is a filter");
    CommandRun noVhost = route("--vhost", "nope", "a");
    assertThat(noVhost.out()).isEmpty();
    assertThat(noVhost.err()).contains("there is no vhost \"nope\"; allowed: /");
  }

  @Test
  void levelsOfOneSpellingKeepTheirMeaningInTheOther() throws IOException {
    assertThat(route("plant/a.b/temp").out())
        .contains("with key plant.a%2Eb.temp")
        .contains("with key temp.a%2Eb")
        .contains("readings");
  }

  @Test
  void whatNothingMatchesTakesTheAlternateExchange() throws IOException {
    CommandRun run = route("--protocol", "amqp", "--exchange", "plant", "humidity.1");
    assertThat(run.out())
        .contains("no binding matches -> alternate exchange rest")
        .endsWith("goes to others" + System.lineSeparator());
  }

  @Test
  void theDefaultExchangeGoesByTheNameOfTheQueue() throws IOException {
    assertThat(route("--protocol", "amqp", "readings").out()).contains("goes to readings");
    CommandRun none = route("--protocol", "amqp", "nobody");
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.out()).contains("no queue nobody", "goes nowhere");
  }

  @Test
  void headersCountForAHeadersExchange() throws IOException {
    assertThat(route("--protocol", "amqp", "--exchange", "kind", "--header", "type=png", "x").out())
        .contains("goes to pictures");
    assertThat(route("--protocol", "amqp", "--exchange", "kind", "x").exitCode()).isEqualTo(1);
  }

  @Test
  void anUnknownExchangeOrVhostIsAProblem() throws IOException {
    CommandRun run = route("--protocol", "amqp", "--exchange", "plnt", "x");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).contains("there is no such exchange");
    assertThat(route("--vhost", "test", "x").exitCode()).isEqualTo(1);
  }

  @Test
  void aBadConfigurationIsToldInstead() throws IOException {
    CommandRun run = route("--set", "vhosts.\"/\".queues.q.typ=classic", "x");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("did you mean");
  }

  private CommandRun route(String... args) throws IOException {
    Path file = Files.writeString(folder.resolve("routes.conf"), ROUTES);
    List<String> all = new ArrayList<>(List.of("route", "--conf", file.toString()));
    all.addAll(List.of(args));
    return CommandRun.of(all.toArray(String[]::new));
  }
}
