package io.serai.gateway.amqp.v091;

import static io.serai.gateway.amqp.v091.TestClient.address;
import static io.serai.gateway.amqp.v091.TestClient.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.bus.Publisher;
import io.serai.gateway.amqp.v091.BasicContent.Publish;
import io.serai.gateway.harness.Recorded;
import io.serai.model.Body;
import io.serai.model.ReplyTo;
import io.serai.model.Value;
import org.junit.jupiter.api.Test;

/** The header x-route-explain. */
class RouteQuestionTest {
  private final TestClient client = TestClient.withChannel();

  private static Amqp091Encoding encoding(String replyTo, String header, Value value) {
    ByteBuf wire = Unpooled.buffer();
    FieldWriter out = new FieldWriter(wire);
    wire.writeShort(Property.HEADERS.flag | (replyTo.isEmpty() ? 0 : Property.REPLY_TO.flag));
    out.table(table(header, value));
    if (!replyTo.isEmpty()) {
      out.shortString(replyTo);
    }
    return Amqp091Encoding.read(new FieldReader().over(wire, 0, wire.writerIndex()));
  }

  private Recorded.Published published(Amqp091Encoding encoding) {
    client.session.receives(
        new Publish(1, address("logs", "main"), false, false, encoding, Body.EMPTY));
    return client.session.recorded(Recorded.Published.class).getLast();
  }

  @Test
  void aMessageWithTheHeaderAndAReplyToIsExplained() {
    var published = published(encoding("answers", "x-route-explain", new Value.Bool(true)));
    assertThat(published.flags()).isEqualTo(Publisher.EXPLAIN);
    assertThat(published.message().properties().replyTo()).isEqualTo(new ReplyTo.Queue("answers"));
  }

  @Test
  void withTheValueFalseItIsAnOrdinaryMessage() {
    assertThat(published(encoding("a", "x-route-explain", new Value.Bool(false))).flags()).isZero();
    assertThat(published(encoding("a", "x-route-explain", Value.of("false"))).flags()).isZero();
    assertThat(published(encoding("a", "x-route-explain", new Value.Int(1))).flags())
        .isEqualTo(Publisher.EXPLAIN);
  }

  @Test
  void withoutAReplyToItIsRefusedAndNotDelivered() {
    var question = encoding("", "x-route-explain", new Value.Bool(true));
    client.session.receives(
        new Publish(1, address("logs", "k"), false, false, question, Body.EMPTY));
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED,
        "a message with header 'x-route-explain' needs a reply-to",
        BasicContent.PUBLISH);
    assertThat(client.session.recorded(Recorded.Published.class)).isEmpty();
  }

  @Test
  void theHeadersOfOtherMessagesAreNotLookedAt() {
    assertThat(encoding("a", "x-route-explaim", new Value.Bool(true)).needsCare()).isFalse();
    assertThat(encoding("a", "x-route-explain", new Value.Bool(true)).needsCare()).isTrue();
  }
}
