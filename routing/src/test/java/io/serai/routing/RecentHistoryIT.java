package io.serai.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ExchangeSpec;
import io.serai.bus.Lifetime;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.serai.model.Header;
import io.serai.model.Message;
import io.serai.model.Value;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Exchanges that remember, on two loops. */
@Timeout(300)
class RecentHistoryIT {
  private final RoutingNode node = new RoutingNode(2);
  private final RoutingNode.Connection connection = node.connect(1);

  @AfterEach
  void close() {
    node.close();
  }

  private void declareRoom(Object... arguments) {
    ExchangeSpec spec =
        new ExchangeSpec(
            "room",
            "x-recent-history",
            Lifetime.TRANSIENT,
            false,
            false,
            Specs.arguments(arguments),
            Source.CLIENT);
    connection.ok(caller -> new Request.DeclareExchange(caller, spec));
  }

  private void declare(String queue) {
    connection.ok(caller -> new Request.DeclareQueue(caller, Specs.queue(queue)));
  }

  private void bind(String source, String queue) {
    connection.ok(caller -> new Request.Bind(caller, List.of(Specs.toQueue(source, queue, ""))));
  }

  private void say(int from, int to) {
    for (int n = from; n < to; n++) {
      connection.publish(Specs.message(Specs.address("room", "any.key"), "" + n));
    }
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(n -> "" + n).toList();
  }

  @Test
  void whatIsBoundGetsTheLastMessagesInOrderAheadOfNewOnes() {
    declareRoom();
    say(0, 50);
    for (int q = 0; q < 4; q++) { // two or so on each loop
      declare("q" + q);
      bind("room", "q" + q);
    }
    say(50, 60);
    for (int q = 0; q < 4; q++) {
      RoutingNode.Connection reader = node.connect(q % 2);
      reader.consume("q" + q);
      assertThat(reader.delivered(30)).isEqualTo(numbers(30, 60));
    }
  }

  @Test
  void itsLengthIsAnArgumentAndWhatSaysSoIsNotRemembered() {
    declareRoom("x-recent-history-length", new Value.Int(3));
    say(0, 10);
    Message secret =
        Specs.message(
            Specs.address("room", "k"),
            "secret",
            new Header("x-recent-history-no-store", new Value.Bool(true)));
    connection.publish(secret);
    declare("q");
    bind("room", "q");
    say(10, 11);
    connection.consume("q");
    assertThat(connection.delivered(4)).containsExactly("7", "8", "9", "10");
  }

  @Test
  void aMessageThatNobodyGetsIsRememberedAndStillUnroutable() {
    declareRoom();
    Message message = Specs.message(Specs.address("room", "k"), "alone");
    assertThat(connection.publish(message, Publisher.CONFIRM)).isEqualTo(PublishResult.UNROUTABLE);
    declare("q");
    bind("room", "q");
    connection.consume("q");
    assertThat(connection.delivered(1)).containsExactly("alone");
  }

  @Test
  void aBindingAgainAndAnotherExchangeOfTheNameBringNothing() {
    declareRoom();
    say(0, 2);
    declare("q");
    bind("room", "q");
    bind("room", "q");
    connection.ok(caller -> new Request.DeleteExchange(caller, "room", false));
    declareRoom();
    bind("room", "q");
    say(2, 3);
    connection.consume("q");
    assertThat(connection.delivered(3)).containsExactly("0", "1", "2");
  }

  @Test
  void whatIsRememberedGoesThroughAnExchangeThatIsBound() {
    declareRoom();
    connection.ok(caller -> new Request.DeclareExchange(caller, Specs.exchange("next", "fanout")));
    declare("q");
    bind("next", "q");
    say(0, 3);
    connection.ok(
        caller -> new Request.Bind(caller, List.of(Specs.toExchange("room", "next", ""))));
    connection.consume("q");
    assertThat(connection.delivered(3)).containsExactly("0", "1", "2");
  }

  @Test
  void whatATransactionPublishesIsRememberedOnceCommitted() {
    declareRoom();
    assertThat(
            connection.commit(
                parts -> parts.publish(Specs.message(Specs.address("room", "k"), "done"), 0)))
        .isTrue();
    declare("q");
    bind("room", "q");
    connection.consume("q");
    assertThat(connection.delivered(1)).containsExactly("done");
  }
}
