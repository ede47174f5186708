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
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExchangeTypesTest {
  private static Bound bound(int queue, String key, Spelling spelling, Value.MapOf arguments) {
    String name = "q" + queue;
    return new Bound(
        new BindingSpec("x", name, false, key, spelling, arguments, null, Source.CLIENT),
        new Destination.ToQueue(new QueueRef("/", name, 0, queue, queue)));
  }

  private static Bound bound(int queue, String key) {
    return bound(queue, key, Spelling.DOT, Request.noArguments());
  }

  private static Message message(String key, Header... headers) {
    return new Message(
        new Address("x", Topic.of(key, Spelling.DOT)),
        new Encoding.Neutral(Properties.NONE, Headers.of(headers)),
        Body.ofUtf8(""),
        Origin.ofBroker("/"),
        0);
  }

  private static Matcher empty(String type) {
    ExchangeType known = ExchangeTypes.find(type);
    assertThat(known).isNotNull();
    return known.emptyMatcher();
  }

  private static List<String> matches(Matcher matcher, Message message) {
    List<String> found = new ArrayList<>();
    matcher.match(message, binding -> found.add(binding.spec().destination()));
    found.sort(null);
    return found;
  }

  @Test
  void typesAreFoundByServiceLoader() {
    assertThat(ExchangeTypes.names())
        .containsExactly(
            "direct",
            "fanout",
            "headers",
            "topic",
            "x-broken",
            "x-consistent-hash",
            "x-delayed-message",
            "x-jms-topic",
            "x-local-random",
            "x-message-deduplication",
            "x-modulus-hash",
            "x-random",
            "x-recent-history",
            "x-super-stream");
    assertThat(ExchangeTypes.find("x-none")).isNull();
  }

  @Test
  void mostExchangesLookAtNothingButTheAddress() {
    assertThat(ExchangeTypes.names())
        .filteredOn(type -> empty(type).dependsOnMessage())
        .containsExactly(
            "headers",
            "x-delayed-message",
            "x-jms-topic",
            "x-local-random",
            "x-random",
            "x-recent-history");
  }

  @ParameterizedTest
  @ValueSource(strings = {"direct", "fanout", "headers", "topic"})
  void bindingTwiceIsOneBindingAndOnlyTheUnboundOneGoes(String type) {
    Matcher matcher = empty(type);
    for (int i = 0; i < 40; i++) {
      matcher = matcher.with(bound(i, "a.b")).with(bound(i, "a.b"));
    }
    assertThat(matches(matcher, message("a.b"))).hasSize(40);
    Matcher less = matcher.without(bound(7, "a.b")).without(bound(7, "a.b"));
    assertThat(matches(less, message("a.b"))).hasSize(39).doesNotContain("q7");
    assertThat(matches(matcher, message("a.b"))).as("the older one stays").hasSize(40);
    List<Bound> all = new ArrayList<>();
    less.forEach(all::add);
    assertThat(all).hasSize(39);
    for (Bound binding : all) {
      less = less.without(binding);
    }
    assertThat(matches(less, message("a.b"))).isEmpty();
  }

  @Test
  void directTakesTheWholeKeyAndNothingElse() {
    Matcher matcher =
        empty("direct")
            .with(bound(1, "a.b"))
            .with(bound(2, "a.*"))
            .with(bound(3, "#"))
            .with(bound(4, ""))
            .with(bound(5, "a/b", Spelling.SLASH, Request.noArguments()));
    assertThat(matches(matcher, message("a.b"))).containsExactly("q1", "q5");
    assertThat(matches(matcher, message("a.*"))).containsExactly("q2");
    assertThat(matches(matcher, message(""))).containsExactly("q4");
    assertThat(matches(matcher, message("A.b"))).isEmpty();
  }

  @Test
  void fanoutTakesAnyKey() {
    Matcher matcher = empty("fanout").with(bound(1, "a")).with(bound(2, ""));
    assertThat(matches(matcher, message("zzz"))).containsExactly("q1", "q2");
  }

  @Test
  void topicTakesAmqpAndMqttFiltersOverTheSameLevels() {
    Matcher matcher =
        empty("topic")
            .with(bound(1, "*.b"))
            .with(bound(2, "#"))
            .with(bound(3, "+/b", Spelling.SLASH, Request.noArguments()))
            .with(bound(4, "a.#.b"))
            .with(bound(5, "b"));
    assertThat(matches(matcher, message("a.b"))).containsExactly("q1", "q2", "q3", "q4");
    assertThat(matches(matcher, message("$a.b"))).containsExactly("q1", "q2");
  }

  // ---- headers

  private static Value.MapOf arguments(Object... namesAndValues) {
    List<Value.Entry> entries = new ArrayList<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Object value = namesAndValues[i + 1];
      entries.add(
          new Value.Entry(
              Value.of((String) namesAndValues[i]),
              value instanceof String text ? Value.of(text) : (Value) value));
    }
    return new Value.MapOf(entries);
  }

  private static boolean passes(Value.MapOf wanted, Header... headers) {
    Matcher matcher = empty("headers").with(bound(1, "", Spelling.DOT, wanted));
    return !matches(matcher, message("k", headers)).isEmpty();
  }

  @Test
  void headersMatchAllUnlessAskedForAny() {
    Header red = Header.of("colour", "red");
    Header big = Header.of("size", "big");
    Value.MapOf both = arguments("colour", "red", "size", "big");
    assertThat(passes(both, red, big)).isTrue();
    assertThat(passes(both, big)).isFalse();
    assertThat(passes(arguments("x-match", "all", "colour", "red", "size", "big"), red)).isFalse();
    Value.MapOf any = arguments("colour", "red", "x-match", "any", "size", "big");
    assertThat(passes(any, red)).isTrue();
    assertThat(passes(any, Header.of("colour", "blue"))).isFalse();
    assertThat(passes(any)).isFalse();
    assertThat(passes(arguments("x-match", "all"))).as("nothing asked for").isTrue();
    assertThat(passes(arguments("x-match", "any"))).as("nothing asked for").isFalse();
  }

  @Test
  void argumentsStartingWithXCountOnlyWithX() {
    Value.MapOf plain = arguments("x-match", "all", "x-kind", "a", "colour", "red");
    assertThat(passes(plain, Header.of("colour", "red"))).isTrue();
    Value.MapOf withX = arguments("x-match", "all-with-x", "x-kind", "a", "colour", "red");
    assertThat(passes(withX, Header.of("colour", "red"))).isFalse();
    assertThat(passes(withX, Header.of("colour", "red"), Header.of("x-kind", "a"))).isTrue();
    assertThat(passes(arguments("x-match", "any", "x-kind", "a"), Header.of("x-kind", "a")))
        .isFalse();
    assertThat(passes(arguments("x-match", "any-with-x", "x-kind", "a"), Header.of("x-kind", "a")))
        .isTrue();
  }

  @Test
  void voidAsksOnlyThatTheHeaderExists() {
    Value.MapOf wanted = arguments("colour", Value.NULL);
    assertThat(passes(wanted, Header.of("colour", "anything"))).isTrue();
    assertThat(passes(wanted, Header.of("size", "big"))).isFalse();
  }

  @Test
  void numbersCompareByValueAndTextsByTheirBytes() {
    List<Value> five =
        List.of(
            new Value.Int(5),
            new Value.Long(5),
            new Value.UByte(5),
            new Value.Float(5),
            new Value.Double(5),
            new Value.Timestamp(5000)); // seconds in AMQP 0-9-1
    List<Value> text =
        List.of(
            new Value.Str("5"),
            new Value.Symbol("5"),
            new Value.Binary("5".getBytes(StandardCharsets.UTF_8)));
    List<Value> others =
        List.of(
            new Value.Decimal(BigDecimal.valueOf(5), 32),
            new Value.Decimal(BigDecimal.valueOf(50, 1), 32),
            new Value.Long(6),
            new Value.Double(Double.NaN),
            new Value.Double(5.1),
            new Value.Float(5.1f),
            new Value.Bool(true),
            new Value.ListOf(List.of(new Value.Int(5))),
            new Value.ListOf(List.of(new Value.Long(5))));
    List<List<Value>> classes = new ArrayList<>(List.of(five, text));
    others.forEach(one -> classes.add(List.of(one)));
    for (List<Value> oneClass : classes) {
      for (Value wanted : oneClass) {
        for (List<Value> otherClass : classes) {
          for (Value value : otherClass) {
            assertThat(passes(arguments("n", wanted), new Header("n", value)))
                .as("%s for %s", value, wanted)
                .isEqualTo(oneClass == otherClass);
          }
        }
      }
    }
  }

  @Test
  void aRepeatedHeaderPassesWithOneOfItsValues() {
    assertThat(passes(arguments("tag", "b"), Header.of("tag", "a"), Header.of("tag", "b")))
        .isTrue();
  }

  private static @Nullable String headerBinding(Object... arguments) {
    return ExchangeTypes.find("headers")
        .checkBinding(
            bound(1, "", Spelling.DOT, arguments(arguments)).spec(), Request.noArguments());
  }

  @Test
  void unknownMatchModesAreRefused() {
    assertThat(headerBinding("x-match", "some"))
        .isEqualTo(
            "Invalid x-match field value <<\"some\">>; expected all, any, all-with-x, or"
                + " any-with-x");
    assertThat(headerBinding("x-match", new Value.Int(1)))
        .startsWith("Invalid x-match field type")
        .endsWith("expected longstr");
    assertThat(headerBinding("x-match", "any-with-x")).isNull();
  }

  // ---- x-recent-history

  @Test
  void theLengthOfARecentHistoryIsAPositiveNumber() {
    ExchangeType type = ExchangeTypes.find("x-recent-history");
    for (Value wrong : List.of(new Value.Int(0), new Value.Int(-30), Value.of("7"))) {
      assertThat(type.check(arguments("x-recent-history-length", wrong)))
          .isEqualTo(
              "Invalid argument "
                  + wrong.asText()
                  + ", 'x-recent-history-length' must be a positive integer");
    }
    assertThat(type.check(arguments("x-recent-history-length", new Value.Long(1L << 40))))
        .endsWith("must be at most 10000");
    assertThat(type.check(arguments("x-recent-history-length", new Value.Byte((byte) 7)))).isNull();
    assertThat(
            type.emptyMatcher(arguments("x-recent-history-length", new Value.Long(7)))
                    instanceof Remembering history
                && history.most() == 7)
        .isTrue();
  }

  @Test
  void onlyWhatIsBoundAnewIsAddedToARecentHistory() {
    Remembering before = (Remembering) empty("x-recent-history").with(bound(1, ""));
    Remembering after =
        (Remembering) before.with(bound(1, "")).with(bound(2, "")).without(bound(3, ""));
    List<String> added = new ArrayList<>();
    after.forEachAdded(before, binding -> added.add(binding.spec().destination()));
    assertThat(added).containsExactly("q2");
  }
}
