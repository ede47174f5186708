package io.serai.routing.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.bus.Source;
import io.serai.model.Address;
import io.serai.model.Body;
import io.serai.model.Encoding;
import io.serai.model.Header;
import io.serai.model.Headers;
import io.serai.model.Message;
import io.serai.model.Origin;
import io.serai.model.Properties;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import io.serai.routing.CpuTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Exchanges that give a message to one of their bindings, or later. */
class SpreadingExchangesTest {
  private static final int MESSAGES = 20_000;

  private static Bound bound(String queue, String key) {
    return new Bound(
        new BindingSpec(
            "x", queue, false, key, Spelling.DOT, Request.noArguments(), null, Source.CLIENT),
        new Destination.ToQueue(new QueueRef("/", queue, 0, 0, queue.hashCode())));
  }

  private static Value.MapOf arguments(String... namesAndValues) {
    List<Value.Entry> entries = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      entries.add(new Value.Entry(Value.of(namesAndValues[i]), Value.of(namesAndValues[i + 1])));
    }
    return new Value.MapOf(entries);
  }

  private static Message message(String key, Properties properties, Header... headers) {
    return new Message(
        new Address("x", Topic.of(key, Spelling.DOT)),
        new Encoding.Neutral(properties, Headers.of(headers)),
        Body.ofUtf8(""),
        Origin.ofBroker("/"),
        0);
  }

  private static Message message(String key) {
    return message(key, Properties.NONE);
  }

  private static Matcher matcher(String type, Value.MapOf arguments, Bound... bindings) {
    Matcher matcher = ExchangeTypes.find(type).emptyMatcher(arguments);
    for (Bound binding : bindings) {
      matcher = matcher.with(binding);
    }
    return matcher;
  }

  private static List<String> matches(Matcher matcher, Message message) {
    List<String> found = new ArrayList<>();
    matcher.match(message, binding -> found.add(binding.spec().destination()));
    return found;
  }

  private static Map<String, Integer> spread(Matcher matcher) {
    Map<String, Integer> counts = new HashMap<>();
    for (int n = 0; n < MESSAGES; n++) {
      List<String> found = matches(matcher, message("key." + n));
      assertThat(found).hasSize(1);
      counts.merge(found.getFirst(), 1, Integer::sum);
    }
    return counts;
  }

  // ---- x-consistent-hash

  @Test
  void equalKeysGoTheSameWayAndDifferentOnesSpreadByWeight() {
    var matcher =
        matcher(
            "x-consistent-hash",
            Request.noArguments(),
            bound("one", "1"),
            bound("also one", "1"),
            bound("two", "2"));
    assertThat(matches(matcher, message("a"))).isEqualTo(matches(matcher, message("a")));
    Map<String, Integer> counts = spread(matcher);
    assertThat(counts.get("one")).isBetween(MESSAGES / 4 - 500, MESSAGES / 4 + 500);
    assertThat(counts.get("also one")).isBetween(MESSAGES / 4 - 500, MESSAGES / 4 + 500);
    assertThat(counts.get("two")).isBetween(MESSAGES / 2 - 500, MESSAGES / 2 + 500);
    assertThat(matcher.dependsOnMessage()).isFalse();
  }

  @Test
  void aNewBindingTakesItsShareAndNothingElseMoves() {
    var before =
        matcher("x-consistent-hash", Request.noArguments(), bound("a", "1"), bound("b", "1"));
    var after = before.with(bound("c", "1"));
    int moved = 0;
    for (int n = 0; n < MESSAGES; n++) {
      String was = matches(before, message("key." + n)).getFirst();
      String is = matches(after, message("key." + n)).getFirst();
      if (!is.equals(was)) {
        assertThat(is).isEqualTo("c");
        moved++;
      }
    }
    assertThat(moved).isBetween(MESSAGES / 3 - 600, MESSAGES / 3 + 600);
    assertThat(spread(after.without(bound("c", "1")))).isEqualTo(spread(before));
  }

  @Test
  void withoutBindingsNothingMatches() {
    for (String type : List.of("x-consistent-hash", "x-random", "x-delayed-message")) {
      assertThat(matches(matcher(type, Request.noArguments()), message("a"))).isEmpty();
    }
  }

  @Test
  void aHeaderOrAPropertyCanBeTheKey() {
    var byHeader =
        matcher(
            "x-consistent-hash",
            arguments("hash-header", "customer"),
            bound("a", "1"),
            bound("b", "1"),
            bound("c", "1"));
    var byId =
        matcher(
            "x-consistent-hash",
            arguments("hash-property", "message_id"),
            bound("a", "1"),
            bound("b", "1"),
            bound("c", "1"));
    assertThat(byHeader.dependsOnMessage()).isTrue();
    List<String> reachedByHeader = new ArrayList<>();
    List<String> reachedById = new ArrayList<>();
    for (int n = 0; n < 60; n++) {
      String customer = "c" + n / 2;
      reachedByHeader.addAll(
          matches(byHeader, message("key." + n, Properties.NONE, Header.of("customer", customer))));
      reachedById.addAll(
          matches(
              byId, message("key", Properties.builder().messageId(Value.of(customer)).build())));
    }
    assertThat(reachedByHeader).contains("a", "b", "c").isEqualTo(reachedById);
    for (int n = 0; n < 60; n += 2) {
      assertThat(reachedByHeader.get(n)).isEqualTo(reachedByHeader.get(n + 1));
    }
  }

  @Test
  void whatCannotBeAWeightOrAKeyIsRefused() {
    ExchangeType type = ExchangeTypes.find("x-consistent-hash");
    assertThat(type.checkBinding(bound("q", "ten").spec(), Request.noArguments()))
        .isEqualTo("The binding key must be an integer: <<\"ten\">>");
    assertThat(type.checkBinding(bound("q", "0").spec(), Request.noArguments()))
        .isEqualTo("The binding key must be greater than 0");
    assertThat(type.checkBinding(bound("q", "10").spec(), Request.noArguments())).isNull();
    assertThat(type.check(arguments("hash-header", "a", "hash-property", "message_id")))
        .isEqualTo("hash-header and hash-property are mutually exclusive");
    assertThat(type.check(arguments("hash-property", "app_id")))
        .isEqualTo("Unsupported property: app_id");
    assertThat(type.check(arguments("hash-property", "timestamp"))).isNull();
  }

  // ---- x-super-stream

  @Test
  void aSuperStreamChoosesPartitionsAsRabbitMqsClientsDo() {
    var matcher =
        matcher(
            SuperStreamExchange.TYPE,
            Request.noArguments(),
            bound("invoices-02", "1"),
            bound("invoices-03", "2"),
            bound("invoices-01", "0"));
    List<String> found = new ArrayList<>();
    for (int n = 1; n <= 10; n++) {
      found.addAll(matches(matcher, message("hello" + n)));
    }
    assertThat(found)
        .as("what the tests of RabbitMQ's stream clients expect")
        .extracting(name -> name.substring("invoices-".length()))
        .containsExactly("02", "01", "02", "03", "01", "03", "01", "02", "01", "03");
  }

  @Test
  void partitionsAreInTheOrderOfTheirNumbers() {
    Bound[] eleven = new Bound[11];
    for (int n = 0; n < eleven.length; n++) {
      eleven[n] = bound("p" + n, Integer.toString(n));
    }
    var matcher = matcher(SuperStreamExchange.TYPE, Request.noArguments(), eleven);
    assertThat(spread(matcher)).hasSize(11);
    for (int n = 0; n < 100; n++) {
      String key = "key." + n;
      int hash = Murmur3.of(key.getBytes(StandardCharsets.UTF_8), Murmur3.SEED);
      assertThat(matches(matcher, message(key)))
          .containsExactly("p" + Integer.remainderUnsigned(hash, 11));
    }
  }

  @Test
  void theHashIsMurmur3() {
    assertThat(Murmur3.of(new byte[0], 0)).isZero();
    assertThat(Murmur3.of(new byte[0], 1)).isEqualTo(0x514e28b7);
    assertThat(Murmur3.of("hello".getBytes(StandardCharsets.UTF_8), 0)).isEqualTo(0x248bfa47);
    assertThat(
            Murmur3.of(
                "The quick brown fox jumps over the lazy dog".getBytes(StandardCharsets.UTF_8), 0))
        .isEqualTo(0x2e4ff723);
  }

  @Test
  void thePartitionsNumberIsItsBindingKey() {
    ExchangeType type = ExchangeTypes.find(SuperStreamExchange.TYPE);
    assertThat(type.checkBinding(bound("q", "12").spec(), Request.noArguments())).isNull();
    for (String wrong : List.of("", "one", "-1", "1234567")) {
      assertThat(type.checkBinding(bound("q", wrong).spec(), Request.noArguments()))
          .isEqualTo("The binding key must be the number of a partition, it is: '" + wrong + "'");
    }
  }

  // ---- x-random

  @Test
  void aRandomExchangeReachesEveryBindingAboutEquallyOften() {
    Map<String, Integer> counts =
        spread(
            matcher(
                "x-random",
                Request.noArguments(),
                bound("a", ""),
                bound("b", "any key"),
                bound("c", "")));
    assertThat(counts).hasSize(3);
    // Six standard deviations: fails by chance once in some hundred million runs.
    assertThat(counts.values())
        .allSatisfy(count -> assertThat(count).isBetween(MESSAGES / 3 - 400, MESSAGES / 3 + 400));
  }

  // ---- x-delayed-message

  @Test
  void aDelayedExchangeRoutesAsTheTypeItNames() {
    var matcher =
        matcher(
            "x-delayed-message",
            arguments("x-delayed-type", "topic"),
            bound("a", "orders.*"),
            bound("b", "orders.eu"));
    assertThat(matches(matcher, message("orders.eu"))).containsExactlyInAnyOrder("a", "b");
    assertThat(matches(matcher.without(bound("a", "orders.*")), message("orders.eu")))
        .containsExactly("b");
  }

  @Test
  void onlyAMessageWithADelayAheadIsHeld() {
    var matcher = matcher("x-delayed-message", arguments("x-delayed-type", "fanout"));
    for (Value delay : List.<Value>of(new Value.Int(1), new Value.Long(5_000), Value.of("10"))) {
      assertThat(matcher.holds(message("k", Properties.NONE, new Header("x-delay", delay))))
          .isTrue();
    }
    for (Value none :
        List.<Value>of(new Value.Int(0), new Value.Int(-5), Value.of("soon"), Value.NULL)) {
      assertThat(matcher.holds(message("k", Properties.NONE, new Header("x-delay", none))))
          .isFalse();
    }
    assertThat(matcher.holds(message("k"))).isFalse();
  }

  @Test
  void aDelayedExchangeNeedsATypeAndChecksItsBindings() {
    ExchangeType type = ExchangeTypes.find("x-delayed-message");
    String why = "Invalid argument, 'x-delayed-type' must be an existing exchange type";
    assertThat(type.check(Request.noArguments())).isEqualTo(why);
    assertThat(type.check(arguments("x-delayed-type", "round-robin"))).isEqualTo(why);
    assertThat(type.check(arguments("x-delayed-type", "x-delayed-message"))).isEqualTo(why);
    var hashed = arguments("x-delayed-type", "x-consistent-hash");
    assertThat(type.check(hashed)).isNull();
    assertThat(type.checkBinding(bound("q", "x").spec(), hashed)).contains("must be an integer");
  }

  @Test
  void aModulusHashExchangeKeepsEqualKeysTogetherWhateverTheOrderOfItsBindings() {
    Bound[] queues = {bound("a", ""), bound("b", "x"), bound("c", "")};
    Matcher matcher = matcher("x-modulus-hash", Request.noArguments(), queues);
    Matcher other =
        matcher("x-modulus-hash", Request.noArguments(), queues[2], queues[0], queues[1]);
    for (int n = 0; n < 1000; n++) {
      assertThat(matches(matcher, message("key." + n)))
          .hasSize(1)
          .isEqualTo(matches(other, message("key." + n)));
    }
    spread(matcher).values().forEach(count -> assertThat(count).isBetween(6_000, 7_300));
    assertThat(matcher.dependsOnMessage()).as("its routes are remembered").isFalse();
    assertThat(matches(matcher.without(queues[0]).without(queues[1]), message("k")))
        .containsExactly("c");
    assertThat(matches(matcher("x-modulus-hash", Request.noArguments()), message("k"))).isEmpty();
  }

  @Test
  void aLocalRandomExchangeTakesBindingsToQueuesWithoutAKey() {
    ExchangeType type = ExchangeTypes.find("x-local-random");
    assertThat(type.checkBinding(bound("q", "").spec(), Request.noArguments())).isNull();
    assertThat(type.checkBinding(bound("q", "k").spec(), Request.noArguments()))
        .isEqualTo("Non-empty binding (k) key not permitted");
    BindingSpec toExchange =
        new BindingSpec(
            "x", "y", true, "", Spelling.DOT, Request.noArguments(), null, Source.CLIENT);
    assertThat(type.checkBinding(toExchange, Request.noArguments())).contains("queues only");
    Matcher matcher =
        matcher("x-local-random", Request.noArguments(), bound("a", ""), bound("b", ""));
    assertThat(matches(matcher, message("any"))).hasSize(1);
  }

  @Test
  void manyBindingsOfARandomExchangeAreNotCopiedAtEachBind() {
    Matcher[] matcher = {matcher("x-random", Request.noArguments())};
    Duration cpu =
        CpuTime.of(() -> {
          for (int n = 0; n < 100_000; n++) {
            matcher[0] = matcher[0].with(bound("q" + n, ""));
          }
        });
    assertThat(cpu).as("copying them each time took minutes").isLessThan(Duration.ofSeconds(10));
    assertThat(matches(matcher[0], message("k"))).hasSize(1);
  }
}
