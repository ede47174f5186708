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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JmsTopicExchangeTest {
  private static final String SQL = "rabbitmq_jms_selector";
  private static final String COMPILED = "rjms_erlang_selector";
  private static final Header RED = Header.of("colour", "red");

  private final ExchangeType type = new JmsTopicExchange();

  private static Bound bound(String queue, Value.Entry... arguments) {
    return new Bound(
        new BindingSpec(
            "x",
            queue,
            false,
            "any.key",
            Spelling.DOT,
            new Value.MapOf(List.of(arguments)),
            null,
            Source.CLIENT),
        new Destination.ToQueue(new QueueRef("/", queue, 0, 0, queue.hashCode())));
  }

  private static Value.Entry argument(String name, String value) {
    return new Value.Entry(Value.of(name), Value.of(value));
  }

  private static List<String> matches(Matcher matcher, Header... headers) {
    Message message =
        new Message(
            new Address("x", Topic.of("another.key", Spelling.DOT)),
            new Encoding.Neutral(Properties.NONE, Headers.of(headers)),
            Body.EMPTY,
            Origin.ofBroker("/"),
            0);
    List<String> found = new ArrayList<>();
    matcher.match(message, binding -> found.add(binding.spec().destination()));
    found.sort(null);
    return found;
  }

  private @Nullable String refusal(Value.Entry... arguments) {
    return type.checkBinding(bound("q", arguments).spec(), Request.noArguments());
  }

  @Test
  void eachBindingsSelectorSaysWhatItTakesWhateverTheKeys() {
    Bound red = bound("red", argument(SQL, "colour = 'red'"));
    Bound blue = bound("blue", argument(COMPILED, "{'=',{'ident',<<\"colour\">>},<<\"blue\">>}."));
    Matcher matcher = type.emptyMatcher().with(red).with(blue).with(bound("all"));
    assertThat(matches(matcher, RED)).containsExactly("all", "red");
    assertThat(matches(matcher, Header.of("colour", "blue"))).containsExactly("all", "blue");
    assertThat(matches(matcher)).containsExactly("all");
    assertThat(matches(matcher.without(red), RED)).containsExactly("all");
    assertThat(matcher.dependsOnTopic()).isFalse();
    assertThat(matcher.dependsOnMessage()).isTrue();
  }

  @Test
  void aBindingAgainIsTheSameOne() {
    Bound red = bound("red", argument(SQL, "colour = 'red'"));
    Matcher matcher = type.emptyMatcher().with(red).with(red);
    assertThat(matches(matcher, RED)).containsExactly("red");
    List<Bound> all = new ArrayList<>();
    matcher.forEach(all::add);
    assertThat(all).containsExactly(red);
  }

  @Test
  void whatIsNoSelectorIsRefused() {
    assertThat(refusal()).isNull();
    assertThat(refusal(argument(SQL, " "))).isNull();
    assertThat(refusal(argument(SQL, "colour =")))
        .startsWith(
            "cannot parse selector binding destination 'q' to exchange 'x': selector: expected ");
    assertThat(refusal(argument(COMPILED, "colour = 'red'")))
        .startsWith("cannot parse selector binding destination 'q' to exchange 'x': ");
    assertThat(refusal(argument(SQL, "a".repeat(1_025)))).contains("at most 1024 characters");
    assertThat(refusal(new Value.Entry(Value.of(COMPILED), new Value.Int(1))))
        .isEqualTo("Invalid rjms_erlang_selector field type signedint (value 1); expected longstr");
  }
}
