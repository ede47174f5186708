package io.serai.routing.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DeathHistoryTest {
  private static final DeadLetterTarget TARGET = DeadLetterTarget.of("dlx", null, false, false);
  private static final DeadLetterTarget KEYED = DeadLetterTarget.of("dlx", "dead", false, false);

  private static Message message(Properties properties, Header... headers) {
    return new Message(
        new Address("orders", Topic.of("eu.new", Spelling.DOT)),
        new Encoding.Neutral(properties, Headers.of(headers)),
        Body.ofUtf8("body"),
        ShardHarness.ORIGIN,
        1_000);
  }

  private static Message die(Message message, String queue, DeathReason reason) {
    return DeathHistory.recorded(message, queue, reason, TARGET, 5_000);
  }

  private static List<Value> deaths(Message message) {
    return ((Value.ListOf) message.headers().first("x-death")).items();
  }

  private static Map<String, Value> death(Message message, int index) {
    return ((Value.MapOf) deaths(message).get(index))
        .entries().stream()
            .collect(Collectors.toMap(entry -> entry.key().asText(), Value.Entry::value));
  }

  private static String text(Message message, String header) {
    return message.headers().first(header).asText();
  }

  @Test
  void theFirstDeathIsWrittenAsRabbitMqWritesIt() {
    var dead =
        die(message(Properties.builder().expiryMillis(60_000).build()), "q", DeathReason.EXPIRED);
    assertThat(death(dead, 0))
        .containsOnly(
            Map.entry("count", new Value.Long(1)),
            Map.entry("reason", Value.of("expired")),
            Map.entry("queue", Value.of("q")),
            Map.entry("time", new Value.Timestamp(5_000)),
            Map.entry("exchange", Value.of("orders")),
            Map.entry("routing-keys", new Value.ListOf(List.of(Value.of("eu.new")))),
            Map.entry("original-expiration", Value.of("60000")));
    for (String end : List.of("first", "last")) {
      assertThat(text(dead, "x-%s-death-reason".formatted(end))).isEqualTo("expired");
      assertThat(text(dead, "x-%s-death-queue".formatted(end))).isEqualTo("q");
      assertThat(text(dead, "x-%s-death-exchange".formatted(end))).isEqualTo("orders");
    }
  }

  @Test
  void aDeadLetterHasNoExpiryOfItsOwnAndALifeThatStartsNow() {
    var dead =
        die(message(Properties.builder().expiryMillis(60_000).build()), "q", DeathReason.REJECTED);
    assertThat(dead.encoding().expiryMillis()).isEqualTo(-1);
    assertThat(dead.receivedMillis()).isEqualTo(5_000);
    assertThat(dead.body().toUtf8()).isEqualTo("body");
  }

  @Test
  void theSameDeathAgainIsCountedAndComesFirst() {
    var dead = message(Properties.NONE);
    dead = die(dead, "a", DeathReason.REJECTED);
    dead = die(dead, "b", DeathReason.EXPIRED);
    dead = DeathHistory.recorded(dead, "a", DeathReason.REJECTED, TARGET, 9_000);
    assertThat(deaths(dead)).hasSize(2);
    assertThat(death(dead, 0))
        .containsEntry("queue", Value.of("a"))
        .containsEntry("count", new Value.Long(2))
        .containsEntry("time", new Value.Timestamp(5_000))
        .containsEntry("exchange", Value.of("orders"));
    assertThat(death(dead, 1)).containsEntry("queue", Value.of("b"));
    assertThat(text(dead, "x-first-death-queue")).isEqualTo("a");
    assertThat(text(dead, "x-last-death-queue")).isEqualTo("a");
    assertThat(text(dead, "x-last-death-exchange")).isEqualTo("dlx");
  }

  @Test
  void theSameQueueWithAnotherReasonIsAnotherDeath() {
    var dead = die(message(Properties.NONE), "q", DeathReason.MAXLEN);
    dead = die(dead, "q", DeathReason.DELIVERY_LIMIT);
    assertThat(death(dead, 0)).containsEntry("reason", Value.of("delivery_limit"));
    assertThat(death(dead, 1)).containsEntry("reason", Value.of("maxlen"));
    assertThat(text(dead, "x-first-death-reason")).isEqualTo("maxlen");
    assertThat(text(dead, "x-last-death-reason")).isEqualTo("delivery_limit");
  }

  @Test
  void withoutAKeyOfTheQueueItKeepsItsOwnAndItsCopies() {
    var copies = new Header("CC", new Value.ListOf(List.of(Value.of("us.new"))));
    var dead = die(message(Properties.NONE, copies), "q", DeathReason.REJECTED);
    assertThat(dead.address()).isEqualTo(new Address("dlx", Topic.of("eu.new", Spelling.DOT)));
    assertThat(dead.headers().first("CC")).isEqualTo(copies.value());
    assertThat(death(dead, 0).get("routing-keys"))
        .isEqualTo(new Value.ListOf(List.of(Value.of("eu.new"), Value.of("us.new"))));
  }

  @Test
  void theQueuesKeyReplacesItsOwnAndItsCopies() {
    var copies = new Header("CC", new Value.ListOf(List.of(Value.of("us.new"))));
    var dead =
        DeathHistory.recorded(
            message(Properties.NONE, copies), "q", DeathReason.REJECTED, KEYED, 5_000);
    assertThat(dead.address()).isEqualTo(new Address("dlx", Topic.of("dead", Spelling.DOT)));
    assertThat(dead.headers().first("CC")).isNull();
    assertThat(death(dead, 0).get("routing-keys"))
        .isEqualTo(new Value.ListOf(List.of(Value.of("eu.new"), Value.of("us.new"))));
  }

  @Test
  void aDeadLetterMustNotReturnByItselfToWhereItHasBeen() {
    var dead = die(message(Properties.NONE), "a", DeathReason.EXPIRED);
    dead = die(dead, "b", DeathReason.MAXLEN);
    dead = die(dead, "c", DeathReason.DELIVERY_LIMIT);
    assertThat(DeathHistory.cycle(dead)).containsExactlyInAnyOrder("a", "b", "c");
  }

  @Test
  void aRejectionMeansThatAConsumerHadAHandInIt() {
    var dead = die(message(Properties.NONE), "a", DeathReason.EXPIRED);
    dead = die(dead, "b", DeathReason.REJECTED);
    assertThat(DeathHistory.cycle(dead)).isEmpty();
    dead = die(dead, "c", DeathReason.EXPIRED);
    assertThat(DeathHistory.cycle(dead)).as("since the rejection").containsExactly("c");
  }

  @Test
  void aCountThatAClientPublishedAgainInAnotherWidthGoesOn() {
    for (Value count : List.of(new Value.Int(7), new Value.Long(7), new Value.UByte(7))) {
      assertThat(death(die(diedBefore(count), "q", DeathReason.REJECTED), 0))
          .containsEntry("count", new Value.Long(8));
    }
    for (Value count : List.of(Value.of("7"), new Value.Long(Long.MAX_VALUE))) {
      assertThat(death(die(diedBefore(count), "q", DeathReason.REJECTED), 0))
          .containsEntry("count", new Value.Long(1));
    }
  }

  private static Message diedBefore(Value count) {
    Value death =
        new Value.MapOf(
            List.of(
                new Value.Entry(Value.of("queue"), Value.of("q")),
                new Value.Entry(Value.of("reason"), Value.of("rejected")),
                new Value.Entry(Value.of("count"), count)));
    return message(Properties.NONE, new Header("x-death", new Value.ListOf(List.of(death))));
  }

  @Test
  void aHeaderThatOnlyLooksLikeAHistoryDoesNoHarm() {
    for (Value odd :
        List.of(
            Value.of("text"),
            new Value.ListOf(List.of(Value.of("text"), new Value.MapOf(List.of()))))) {
      var dead =
          die(message(Properties.NONE, new Header("x-death", odd)), "q", DeathReason.EXPIRED);
      assertThat(death(dead, 0)).containsEntry("queue", Value.of("q"));
      assertThat(DeathHistory.cycle(dead)).containsExactly("q");
    }
  }
}
