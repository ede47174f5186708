package io.serai.gateway.amqp.v091;

import static io.serai.gateway.amqp.v091.TestClient.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.ConsumerOptions;
import io.serai.bus.ConsumerView;
import io.serai.bus.CreditMode;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.StreamOffset;
import io.serai.bus.StreamRead;
import io.serai.gateway.harness.Recorded;
import io.serai.model.Value;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The arguments of basic.consume. */
class ConsumerArgumentsTest {
  private final TestClient client = TestClient.withChannel();

  private static BasicMethod.Consume consume(boolean noAck, Object... arguments) {
    return new BasicMethod.Consume(1, "q", "c", false, noAck, false, false, table(arguments));
  }

  private ConsumerOptions askedFor(BasicMethod.Consume consume) {
    client.session.receives(consume);
    return client.session.asked(Request.Consume.class).options();
  }

  private void assertRefused(BasicMethod.Consume consume, String why) {
    client.session.receives(consume);
    client.assertChannelClosed(ReplyCode.PRECONDITION_FAILED, why, BasicMethod.Consume.ID);
  }

  @Test
  void aSelectorIsPartOfWhatTheConsumerAsksFor() {
    assertThat(askedFor(consume(false, "x-selector", Value.of("color = 'red'"))).view())
        .isEqualTo(
            new ConsumerView("color = 'red'", ConsumerView.Syntax.JMS, ConsumerView.Mode.TAKE));
  }

  @Test
  void qpidsNameForASelectorIsTakenToo() {
    assertThat(
            askedFor(consume(false, "x-filter-jms-selector", Value.of("a = 1"))).view().selector())
        .isEqualTo("a = 1");
  }

  @Test
  void withoutThemAConsumerSeesEverything() {
    assertThat(
            askedFor(consume(false, "x-selector", Value.of(" "), "x-else", Value.of("y"))).view())
        .isSameAs(ConsumerView.ALL);
    client.attach();
    client.session.receives(
        new BasicMethod.Consume(
            1, "q", "d", false, false, false, false, table("x-browse", new Value.Bool(false))));
    assertThat(client.session.asked(Request.Consume.class).options().view())
        .isSameAs(ConsumerView.ALL);
  }

  @Test
  void aRefusedSelectorClosesTheChannelWithPositionAndReason() {
    client.session.receives(consume(false, "x-selector", Value.of("a =")));
    String why =
        "invalid arg 'x-selector' for queue 'q' in vhost '/': selector: expected a name or a value"
            + " at character 4, found the end";
    client.session.refuse(Refusal.PRECONDITION_FAILED, why);
    client.assertChannelClosed(ReplyCode.PRECONDITION_FAILED, why, BasicMethod.Consume.ID);
  }

  @Test
  void valuesOfTheWrongTypeAreRefused() {
    assertRefused(
        consume(false, "x-selector", new Value.Int(1)),
        "invalid arg 'x-selector' for queue 'q' in vhost '/': \"expected text, got signedint\"");
  }

  @Test
  void browsingIsYesNoOrFollow() {
    assertRefused(
        consume(false, "x-browse", Value.of("maybe")),
        "invalid arg 'x-browse' for queue 'q' in vhost '/': \"expected true, false or 'follow', got"
            + " longstr\"");
  }

  @Test
  void aBrowserEndsWithACancelFromTheServer() {
    client.session.receives(consume(true, "x-browse", new Value.Bool(true)));
    assertThat(client.session.asked(Request.Consume.class).options().view().mode())
        .isEqualTo(ConsumerView.Mode.BROWSE);
    var browser = client.attach();
    client.session.sent();
    client.session.endBrowse(browser);
    assertThat(client.session.sent()).containsExactly(new BasicMethod.Cancel(1, "c", true));
  }

  @Test
  void aFollowerStaysWhereItIsWhenTheChannelGetsALimit() {
    client.session.receives(consume(false, "x-browse", Value.of("follow")));
    assertThat(client.session.asked(Request.Consume.class).options().view().mode())
        .isEqualTo(ConsumerView.Mode.FOLLOW);
    client.attach();
    client.session.recorded();
    client.session.receives(new BasicMethod.Qos(1, 0, 5, true));
    assertThat(client.session.recorded(Recorded.Asked.class)).isEmpty();
    assertThat(client.session.sent()).contains(new BasicMethod.QosOk(1));
  }

  @Test
  void aSelectorMovesToTheChannelsLimitWithItsConsumer() {
    client.session.receives(consume(false, "x-selector", Value.of("a = 1")));
    client.session.asked(Request.Consume.class);
    client.attach();
    client.session.receives(new BasicMethod.Qos(1, 0, 5, true));
    ConsumerOptions moved = client.session.asked(Request.Consume.class).options();
    assertThat(moved.creditMode()).isEqualTo(CreditMode.SHARED);
    assertThat(moved.view().selector()).isEqualTo("a = 1");
  }

  // ---- streams

  private StreamRead stream(Object... arguments) {
    client.session.receives(new BasicMethod.Qos(1, 0, 7, false));
    return askedFor(consume(false, arguments)).stream();
  }

  static Stream<Arguments> offsets() {
    return Stream.of(
        Arguments.of(Value.of("first"), StreamOffset.FIRST),
        Arguments.of(Value.of("last"), StreamOffset.LAST),
        Arguments.of(Value.of("next"), StreamOffset.NEXT),
        Arguments.of(new Value.Int(5), new StreamOffset.At(5)),
        Arguments.of(new Value.Long(1L << 40), new StreamOffset.At(1L << 40)),
        Arguments.of(new Value.Byte((byte) 0), new StreamOffset.At(0)),
        Arguments.of(
            new Value.Timestamp(1_700_000_000_000L), new StreamOffset.Since(1_700_000_000_000L)),
        Arguments.of(Value.of("1h"), new StreamOffset.Ago(3_600_000)),
        Arguments.of(Value.of("7D"), new StreamOffset.Ago(7 * 86_400_000L)));
  }

  @ParameterizedTest
  @MethodSource("offsets")
  void aReaderOfAStreamSaysWhereItBegins(Value value, StreamOffset offset) {
    assertThat(stream("x-stream-offset", value).from()).isEqualTo(offset);
  }

  @Test
  void aReaderOfAStreamBeginsWithWhatIsNextUnlessItSaysOtherwise() {
    assertThat(stream()).isEqualTo(new StreamRead(StreamOffset.NEXT, Set.of(), true, 7));
  }

  @Test
  void aReaderOfAStreamMayFilter() {
    assertThat(stream("x-stream-filter", Value.of("a")))
        .isEqualTo(new StreamRead(StreamOffset.NEXT, Set.of("a"), false, 7));
    client.attach();
    assertThat(
            askedFor(
                new BasicMethod.Consume(
                    1,
                    "q",
                    "d",
                    false,
                    false,
                    false,
                    false,
                    table(
                        "x-stream-filter",
                        new Value.ListOf(List.of(Value.of("a"), new Value.Int(1))),
                        "x-stream-match-unfiltered",
                        new Value.Bool(true))))
                .stream())
        .isEqualTo(new StreamRead(StreamOffset.NEXT, Set.of("a"), true, 7));
  }

  @Test
  void anOffsetThatIsNoneIsRefused() {
    assertRefused(
        consume(false, "x-stream-offset", Value.of("soon")),
        "failed consuming from stream queue 'q' in vhost '/': invalid_max_age");
  }

  @Test
  void aReaderOfAStreamDoesNotBeginAnewWhenTheChannelGetsALimit() {
    stream("x-stream-offset", Value.of("first"));
    client.attach();
    client.session.receives(new BasicMethod.Qos(1, 0, 5, true));
    assertThat(client.session.asked(Request.Consume.class).options().stream())
        .as("which a stream refuses")
        .isEqualTo(new StreamRead(StreamOffset.FIRST, Set.of(), true, 7));
  }

  @Test
  void aReaderOfAStreamMayHaveANameAndTakeTurns() {
    assertThat(
            stream(
                "x-stream-consumer-name",
                Value.of("billing"),
                "x-single-active-consumer",
                new Value.Bool(true)))
        .isEqualTo(new StreamRead(StreamOffset.NEXT, Set.of(), true, 7, "billing", true));
    client.attach();
    assertRefused(
        new BasicMethod.Consume(
            1,
            "q",
            "d",
            false,
            false,
            false,
            false,
            table("x-stream-consumer-name", new Value.Int(5))),
        "invalid arg 'x-stream-consumer-name' for queue 'q' in vhost '/': \"expected a text of at"
            + " most 255 characters\"");
  }
}
