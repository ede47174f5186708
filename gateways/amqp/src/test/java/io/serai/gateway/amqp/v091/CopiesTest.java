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
import io.serai.model.Header;
import io.serai.model.Message;
import io.serai.model.Rewrite;
import io.serai.model.Spelling;
import io.serai.model.Topic;
import io.serai.model.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The headers CC and BCC. */
class CopiesTest {
  private final TestClient client = TestClient.withChannel();

  private static Value keys(Object... keys) {
    return new Value.ListOf(
        Arrays.stream(keys)
            .map(key -> key instanceof Value value ? value : Value.of((String) key))
            .toList());
  }

  /** Properties with these headers, and others around them that must stay as they are. */
  private static Amqp091Encoding encoding(Object... headers) {
    ByteBuf wire = Unpooled.buffer();
    FieldWriter out = new FieldWriter(wire);
    wire.writeShort(
        Property.CONTENT_TYPE.flag
            | Property.HEADERS.flag
            | Property.DELIVERY_MODE.flag
            | Property.CORRELATION_ID.flag
            | Property.APP_ID.flag);
    out.shortString("text/plain").table(table(headers)).octet(2);
    out.shortString("c-1").shortString("shop");
    return Amqp091Encoding.read(new FieldReader().over(wire, 0, wire.writerIndex()));
  }

  private Recorded.Published published(Amqp091Encoding encoding) {
    client.session.receives(
        new Publish(1, address("logs", "main"), false, false, encoding, Body.EMPTY));
    return client.session.recorded(Recorded.Published.class).getLast();
  }

  private static List<String> moreKeys(Message message) {
    return message.encoding().moreTopics().stream()
        .map((Topic topic) -> topic.spelled(Spelling.DOT))
        .toList();
  }

  @Test
  void aMessageIsRoutedByTheKeysOfBothHeadersToo() {
    var published = published(encoding("CC", keys("a.b", "c"), "BCC", keys("d"), "x", keys("e")));
    assertThat(published.flags()).isEqualTo(Publisher.COPIES);
    assertThat(published.message().address()).isEqualTo(address("logs", "main"));
    assertThat(moreKeys(published.message())).containsExactly("a.b", "c", "d");
  }

  @Test
  void aKeyCountsOnceHoweverOftenItIsNamed() {
    Object[] same = new Object[5_000];
    Arrays.fill(same, "a");
    assertThat(moreKeys(published(encoding("CC", keys(same), "BCC", keys("b", "a"))).message()))
        .containsExactly("a", "b");
  }

  @Test
  void thereAreAsManyKeysAsAreRoutedInReasonableTime() {
    Object[] most = IntStream.range(0, Copies.MAX_KEYS).mapToObj(i -> "k" + i).toArray();
    assertThat(moreKeys(published(encoding("CC", keys(most), "BCC", keys("k0"))).message()))
        .hasSize(Copies.MAX_KEYS);
    var bad = encoding("CC", keys(most), "BCC", keys("one more"));
    client.session.receives(new Publish(1, address("", "q"), false, false, bad, Body.EMPTY));
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED,
        "invalid message: more than 1000 routing keys in CC and BCC",
        BasicContent.PUBLISH);
  }

  @Test
  void blindCopiesAreTakenOutOfWhatIsDeliveredAndNothingElseChanges() {
    var before = encoding("n", new Value.Int(7), "BCC", keys("d"), "CC", keys("c"));
    var message = published(before).message();
    assertThat(message.encoding()).isInstanceOf(Amqp091Encoding.class);
    assertThat(((Amqp091Encoding) message.encoding()).wire())
        .isEqualTo(encoding("n", new Value.Int(7), "CC", keys("c")).wire());
    assertThat(message.encoding().isDurable()).isTrue();
    assertThat(before.headers().first("BCC")).as("the publisher's own").isNotNull();
  }

  @Test
  void visibleCopiesStayInTheHeaders() {
    var before = encoding("CC", keys("c"));
    var encoding = (Amqp091Encoding) published(before).message().encoding();
    assertThat(encoding.wire()).isEqualTo(before.wire());
    assertThat(encoding).isNotEqualTo(before);
  }

  /** So that a dead letter goes by all its keys, unless its queue gives it another. */
  @Test
  void aCopyTheBrokerMakesKeepsTheKeysUnlessItLosesItsCc() {
    var message = published(encoding("CC", keys("c"), "BCC", keys("d"))).message();
    var origin = Rewrite.with(new Header("x-death", Value.of("x")));
    assertThat(moreKeys(message.reencoded(message.encoding().rewritten(origin))))
        .containsExactly("c", "d");
    var redirect = new Rewrite(List.of(), Set.of("CC"), true);
    assertThat(moreKeys(message.reencoded(message.encoding().rewritten(redirect)))).isEmpty();
  }

  @Test
  void keysThatAreNoTextAreIgnored() {
    assertThat(moreKeys(published(encoding("CC", keys(new Value.Int(1), "a"))).message()))
        .containsExactly("a");
    var none = published(encoding("CC", keys()));
    assertThat(none.flags()).isZero();
    assertThat(moreKeys(none.message())).isEmpty();
  }

  @Test
  void aHeaderThatIsNoArrayClosesTheChannel() {
    var bad = encoding("CC", Value.of("a"));
    client.session.receives(new Publish(1, address("", "q"), false, false, bad, Body.EMPTY));
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED,
        "invalid message: {unacceptable_type_in_header,\"CC\",longstr}",
        BasicContent.PUBLISH);
    var other = TestClient.withChannel();
    var worse = encoding("CC", keys("a"), "BCC", table("a", Value.of("b")));
    other.session.receives(new Publish(1, address("", "q"), false, false, worse, Body.EMPTY));
    other.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED,
        "invalid message: {unacceptable_type_in_header,\"BCC\",table}",
        BasicContent.PUBLISH);
    assertThat(other.session.recorded(Recorded.Published.class)).isEmpty();
  }

  @Test
  void onlyHeadersOfThatVeryNameCount() {
    for (String name : List.of("cc", "Bcc", "CCC", "XCC", "C", "BC", "")) {
      assertThat(encoding(name, keys("a")).needsCare()).as(name).isFalse();
    }
    assertThat(encoding("nested", table("CC", keys("a"))).needsCare()).isFalse();
    assertThat(encoding("CC", keys("a")).needsCare()).isTrue();
    assertThat(encoding("BCC", keys("a")).needsCare()).isTrue();
  }
}
