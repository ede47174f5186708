package io.serai.gateway.amqp.v091;

import static io.serai.gateway.amqp.v091.TestClient.address;
import static io.serai.gateway.amqp.v091.TestClient.table;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.serai.gateway.amqp.v091.BasicContent.Publish;
import io.serai.model.Body;
import io.serai.model.Value;
import org.junit.jupiter.api.Test;

/** Messages whose publisher wants to hear that a queue had them before. */
class RepeatsTest {
  private final TestClient client = TestClient.withChannel();

  private void publish(boolean asksBack) {
    ByteBuf wire = Unpooled.buffer();
    wire.writeShort(Property.HEADERS.flag);
    new FieldWriter(wire).table(table("x-deduplication-return", new Value.Bool(asksBack)));
    var encoding = Amqp091Encoding.read(new FieldReader().over(wire, 0, wire.writerIndex()));
    client.session.receives(
        new Publish(1, address("logs", "k"), false, false, encoding, Body.ofUtf8("x")));
  }

  private void select() {
    client.session.receives(new ConfirmMethod.Select(1, true));
  }

  @Test
  void aRepeatComesBackOnceBeforeItsAckWhenItsPublisherAsks() {
    select();
    publish(true);
    long[] token = client.publishedTokens();
    client.session.repeat(token);
    client.session.repeat(token);
    client.session.confirm(true, token);
    var sent = client.session.sent();
    assertThat(sent).hasSize(2);
    assertThat(sent.getFirst())
        .isInstanceOfSatisfying(
            BasicContent.Return.class,
            returned -> {
              assertThat(returned.code().number()).isEqualTo(200);
              assertThat(returned.code().name()).isEqualTo("REPEATED");
              assertThat(returned.message().body().toUtf8()).isEqualTo("x");
            });
    assertThat(sent.getLast()).isEqualTo(new BasicMethod.Ack(1, 1, false));
  }

  @Test
  void nobodyElseHearsOfIt() {
    select();
    publish(false);
    long[] token = client.publishedTokens();
    client.session.repeat(token);
    client.session.confirm(true, token);
    assertThat(client.session.sent()).containsExactly(new BasicMethod.Ack(1, 1, false));
  }

  @Test
  void whatIsConfirmedIsForgotten() {
    select();
    publish(true);
    long[] token = client.publishedTokens();
    client.session.confirm(true, token);
    assertThat(client.session.sent()).hasSize(1);
    client.session.repeat(token);
    assertThat(client.session.sent()).isEmpty();
  }
}
