package io.serai.gateway.coap.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.PublishResult;
import io.serai.gateway.coap.CoapCode;
import org.junit.jupiter.api.Test;

class ExchangeResourceTest {
  private final TestPeer peer = new TestPeer();

  @Test
  void postPublishesToAnExchangeUnderAKey() {
    assertThat(peer.post("/x/orders?key=eu.new", "x").code()).isEqualTo("2.04");
    assertThat(peer.post("/x/orders", "y").code()).isEqualTo("2.04");
    assertThat(peer.published()).containsExactly("orders/eu.new x CONFIRM", "orders/ y CONFIRM");
  }

  @Test
  void aMissingExchangeIsNotFound() {
    peer.session.routeWith(_ -> PublishResult.NO_EXCHANGE);
    assertThat(peer.post("/x/none", "x").text()).isEqualTo("4.04 no exchange 'none' in vhost '/'");
  }

  @Test
  void whatMayNotBePublishedIsForbidden() {
    peer.session.routeWith(_ -> PublishResult.DENIED);
    assertThat(peer.post("/x/orders", "x").code()).isEqualTo("4.03");
    peer.session.routeWith(_ -> PublishResult.INTERNAL_EXCHANGE);
    assertThat(peer.post("/x/orders", "x").code()).isEqualTo("4.03");
  }

  @Test
  void onlyAMandatoryMessageNeedsAQueue() {
    peer.session.routeWith(_ -> PublishResult.UNROUTABLE);
    assertThat(peer.post("/x/orders?key=k", "x").code()).isEqualTo("2.04");
    assertThat(peer.post("/x/orders?key=k&mandatory", "x").text())
        .isEqualTo("4.04 no queue of exchange 'orders' wants this message");
  }

  @Test
  void otherPathsAndMethodsAreRefused() {
    assertThat(peer.post("/x", "x").code()).isEqualTo("4.00");
    assertThat(peer.post("/x/a/b", "x").code()).isEqualTo("4.00");
    assertThat(peer.get("/x/a").code()).isEqualTo("4.05");
    assertThat(peer.con(CoapCode.PUT, "/x/a", "x").code()).isEqualTo("4.05");
  }
}
