package io.serai.gateway.amqp.v091;

import static io.serai.gateway.amqp.v091.TestClient.address;
import static io.serai.gateway.amqp.v091.TestClient.mandatory;
import static io.serai.gateway.amqp.v091.TestClient.publish;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.serai.bus.PublishResult;
import io.serai.bus.Publisher;
import io.serai.gateway.amqp.v091.BasicContent.Publish;
import io.serai.gateway.harness.Recorded;
import io.serai.model.Body;
import io.serai.model.Headers;
import io.serai.model.Properties;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChannelPublisherTest {
  private final TestClient client = TestClient.withChannel();

  private void select() {
    client.session.receives(new ConfirmMethod.Select(1, false));
    client.session.sentOne(ConfirmMethod.SelectOk.class);
  }

  private static Publish with(Properties properties) {
    return new Publish(
        1,
        address("", "q"),
        false,
        false,
        Amqp091Mapping.encode(properties, Headers.NONE),
        Body.EMPTY);
  }

  @Test
  void aPublishReachesTheBrokerAsItCame() {
    var publish = publish("logs", "plant.1", "hello");
    client.session.receives(publish);
    var published = client.session.recorded(Recorded.Published.class).getFirst();
    assertThat(published.message().address()).isSameAs(publish.address());
    assertThat(published.message().encoding()).isSameAs(publish.encoding());
    assertThat(published.message().body()).isSameAs(publish.body());
    assertThat(published.message().origin().user()).isEqualTo("guest");
    assertThat(published.flags()).isZero();
    assertThat(client.session.sent()).isEmpty();
  }

  @Test
  void aMandatoryMessageThatNobodyTakesComesBack() {
    client.session.routeWith(_ -> PublishResult.UNROUTABLE);
    client.session.receives(mandatory("logs", "x", "hello"));
    var returned = client.session.sentOne(BasicContent.Return.class);
    assertThat(returned.code()).isEqualTo(ReplyCode.NO_ROUTE);
    assertThat(returned.message().body().toUtf8()).isEqualTo("hello");
  }

  @Test
  void anUnroutableMessageThatIsNotMandatoryIsDropped() {
    client.session.routeWith(_ -> PublishResult.UNROUTABLE);
    client.session.receives(publish("logs", "x", "hello"));
    assertThat(client.session.sent()).isEmpty();
  }

  @Test
  void immediateIsNotImplemented() {
    client.session.receives(
        new Publish(1, address("", "q"), false, true, Amqp091Encoding.NONE, Body.EMPTY));
    client.assertConnectionClosed(
        ReplyCode.NOT_IMPLEMENTED, "immediate=true", BasicContent.PUBLISH);
  }

  @Test
  void publishingToAMissingExchangeClosesTheChannel() {
    client.session.routeWith(_ -> PublishResult.NO_EXCHANGE);
    client.session.receives(publish("nope", "x", ""));
    client.assertChannelClosed(
        ReplyCode.NOT_FOUND, "no exchange 'nope' in vhost '/'", BasicContent.PUBLISH);
  }

  @Test
  void publishingWhereTheUserMayNotWriteClosesTheChannel() {
    client.session.routeWith(_ -> PublishResult.DENIED);
    client.session.receives(publish("secret", "x", ""));
    client.assertChannelClosed(
        ReplyCode.ACCESS_REFUSED,
        "write access to exchange 'secret' in vhost '/' refused for user 'guest'",
        BasicContent.PUBLISH);
  }

  @Test
  void theDefaultExchangeHasItsNameInRefusals() {
    client.session.routeWith(_ -> PublishResult.DENIED);
    client.session.receives(publish("", "x", ""));
    client.assertChannelClosed(
        ReplyCode.ACCESS_REFUSED,
        "write access to exchange 'amq.default' in vhost '/' refused for user 'guest'",
        BasicContent.PUBLISH);
  }

  @Test
  void publishingToAnInternalExchangeClosesTheChannel() {
    client.session.routeWith(_ -> PublishResult.INTERNAL_EXCHANGE);
    client.session.receives(publish("inner", "x", ""));
    client.assertChannelClosed(
        ReplyCode.ACCESS_REFUSED,
        "cannot publish to internal exchange 'inner' in vhost '/'",
        BasicContent.PUBLISH);
  }

  @Test
  void aMessageOverTheLimitClosesTheChannel() {
    client.session.receives(new BasicContent.TooLarge(1, 200_000_000, 134_217_728));
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED,
        "message size 200000000 is larger than configured max size 134217728",
        BasicContent.PUBLISH);
  }

  // ---- properties that are checked

  @Test
  void aUserIdMustBeTheUser() {
    client.session.receives(with(Properties.builder().userId("guest").build()));
    assertThat(client.publishedTokens()).hasSize(1);
    client.session.receives(with(Properties.builder().userId("root").build()));
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED,
        "user_id property set to 'root' but authenticated user was 'guest'",
        BasicContent.PUBLISH);
    assertThat(client.publishedTokens()).isEmpty();
  }

  @Test
  void anImpersonatorMayBeAnyone() {
    var impersonator = TestClient.open(TestClient.ALL_CAPABILITIES, Set.of("impersonator"));
    impersonator.openChannel(1);
    impersonator.session.receives(with(Properties.builder().userId("root").build()));
    assertThat(impersonator.publishedTokens()).hasSize(1);
  }

  private static Amqp091Encoding expiring(String expiration) {
    byte[] property = expiration.getBytes(StandardCharsets.UTF_8);
    var wire = Unpooled.buffer().writeShort(Property.EXPIRATION.flag);
    wire.writeByte(property.length).writeBytes(property);
    return Amqp091Encoding.read(new FieldReader().over(wire, 0, wire.readableBytes()));
  }

  @Test
  void anExpirationMayHaveAPlus() {
    assertThat(expiring("+5").expiryMillis()).isEqualTo(5);
    assertThat(expiring("5").expiryMillis()).isEqualTo(5);
  }

  @Test
  void anExpirationMustBeANumberOfMilliseconds() {
    Map<String, String> wrongs =
        Map.of(
            "", "no_integer",
            "soon", "no_integer",
            "1s", "{leftover_string,\"s\"}",
            "+", "no_integer",
            "-5", "{value_negative,-5}",
            "9999999999999999", "{value_too_large,9999999999999999}");
    for (var wrong : wrongs.entrySet()) {
      var other = TestClient.withChannel();
      var encoding = expiring(wrong.getKey());
      other.session.receives(new Publish(1, address("", "q"), false, false, encoding, Body.EMPTY));
      other.assertChannelClosed(
          ReplyCode.PRECONDITION_FAILED,
          "invalid expiration '" + wrong.getKey() + "': " + wrong.getValue(),
          BasicContent.PUBLISH);
    }
    client.session.receives(with(Properties.builder().expiryMillis(0).build()));
    assertThat(client.publishedTokens()).hasSize(1);
  }

  @Test
  void aDeliveryModeIsOneOrTwo() {
    var wire = Unpooled.buffer().writeShort(Property.DELIVERY_MODE.flag).writeByte(7);
    var encoding = Amqp091Encoding.read(new FieldReader().over(wire, 0, wire.readableBytes()));
    client.session.receives(new Publish(1, address("", "q"), false, false, encoding, Body.EMPTY));
    client.assertChannelClosed(
        ReplyCode.PRECONDITION_FAILED,
        "invalid message: {delivery_mode_unknown,7}",
        BasicContent.PUBLISH);
  }

  // ---- confirms

  @Test
  void storedMessagesAreAcknowledgedTogether() {
    select();
    client.session.receives(publish("", "q", "1"), publish("", "q", "2"), publish("", "q", "3"));
    var published = client.session.recorded(Recorded.Published.class);
    assertThat(published).extracting(Recorded.Published::flags).containsOnly(Publisher.CONFIRM);
    assertThat(client.session.sent()).isEmpty();
    client.session.confirm(true, published.stream().mapToLong(Recorded.Published::token).toArray());
    assertThat(client.session.sent()).containsExactly(new BasicMethod.Ack(1, 3, true));
  }

  @Test
  void theReturnOfAMandatoryMessageComesBeforeItsAck() {
    select();
    client.session.routeWith(_ -> PublishResult.UNROUTABLE);
    client.session.receives(mandatory("logs", "x", "hello"));
    var sent = client.session.sent();
    assertThat(sent).hasSize(2);
    assertThat(sent.get(0)).isInstanceOf(BasicContent.Return.class);
    assertThat(sent.get(1)).isEqualTo(new BasicMethod.Ack(1, 1, false));
  }

  @Test
  void aRefusedMessageIsNotAcknowledged() {
    select();
    client.session.receives(publish("", "q", "1"));
    client.session.confirm(false, client.publishedTokens());
    assertThat(client.session.sent()).containsExactly(new BasicMethod.Nack(1, 1, false, false));
  }

  @Test
  void publishesBeforeSelectAreNotNumbered() {
    client.session.receives(publish("", "q", "0"));
    client.publishedTokens();
    select();
    client.session.receives(publish("", "q", "1"));
    client.session.confirm(true, client.publishedTokens());
    assertThat(client.session.sent()).containsExactly(new BasicMethod.Ack(1, 1, false));
  }

  @Test
  void channelsCountTheirConfirmsOnTheirOwn() {
    select();
    client.openChannel(2);
    client.session.receives(new ConfirmMethod.Select(2, true));
    assertThat(client.session.sent()).as("no-wait").isEmpty();
    client.session.receives(
        publish("", "q", "1"),
        new Publish(2, address("", "q"), false, false, Amqp091Encoding.NONE, Body.EMPTY),
        publish("", "q", "2"));
    long[] tokens = client.publishedTokens();
    client.session.confirm(true, tokens[1], tokens[2], tokens[0]);
    assertThat(client.session.sent())
        .containsExactly(new BasicMethod.Ack(2, 1, false), new BasicMethod.Ack(1, 2, true));
  }

  @Test
  void confirmsOfAClosedChannelAreNotSentToItsSuccessor() {
    select();
    client.session.receives(publish("", "q", "1"));
    long[] tokens = client.publishedTokens();
    client.session.receives(new ChannelMethod.Close(1, 200, "", 0, 0));
    client.session.sent();
    client.session.confirm(true, tokens);
    client.openChannel(1);
    select();
    client.session.receives(publish("", "q", "2"));
    client.session.confirm(true, tokens);
    assertThat(client.session.sent()).isEmpty();
    client.session.confirm(true, client.publishedTokens());
    assertThat(client.session.sent()).containsExactly(new BasicMethod.Ack(1, 1, false));
  }

  @Test
  void theHighestChannelHasConfirmsToo() {
    client.openChannel(2047);
    client.session.receives(
        new ConfirmMethod.Select(2047, true),
        new Publish(2047, address("", "q"), false, false, Amqp091Encoding.NONE, Body.EMPTY));
    client.session.confirm(true, client.publishedTokens());
    assertThat(client.session.sent()).containsExactly(new BasicMethod.Ack(2047, 1, false));
  }
}
