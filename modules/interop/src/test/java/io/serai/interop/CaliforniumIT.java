package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapHandler;
import org.eclipse.californium.core.CoapObserveRelation;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** CoAP over UDP with Californium's client. */
@Uses(ThirdParty.CALIFORNIUM)
class CaliforniumIT {
  private final int port = SharedNode.get().port("coap");

  @BeforeAll
  static void defaults() {
    CoapConfig.register();
    UdpConfig.register();
    Configuration.setStandard(Configuration.createStandardWithoutFile());
  }

  private CoapClient client(String path) {
    return new CoapClient("coap://127.0.0.1:" + port + "/" + path).setTimeout(60_000L);
  }

  @Test
  void valuesAreWrittenReadAndDeleted() throws Exception {
    CoapClient client = client("ps/californium/value");
    assertThat(client.put("1", 0).getCode()).isEqualTo(ResponseCode.CREATED);
    assertThat(client.put("2", 0).getCode()).isEqualTo(ResponseCode.CHANGED);
    assertThat(client.get().getResponseText()).isEqualTo("2");
    assertThat(client.delete().getCode()).isEqualTo(ResponseCode.DELETED);
    assertThat(client.get().getCode()).isEqualTo(ResponseCode.NOT_FOUND);
    client.shutdown();
  }

  @Test
  void unconfirmedRequestsAreAnsweredToo() throws Exception {
    CoapClient client = client("ps/californium/non").useNONs();
    assertThat(client.put("1", 0).getCode()).isEqualTo(ResponseCode.CREATED);
    CoapResponse got = client.get();
    assertThat(got.getResponseText()).isEqualTo("1");
    assertThat(got.advanced().isConfirmable()).isFalse();
    client.shutdown();
  }

  @Test
  void longBodiesGoBothWays() throws Exception {
    String body = "0123456789".repeat(800); // the client takes 8 KiB
    CoapClient client = client("ps/californium/long");
    assertThat(client.put(body, 0).getCode()).isEqualTo(ResponseCode.CREATED);
    assertThat(client.get().getResponseText()).isEqualTo(body);
    client.useEarlyNegotiation(64);
    assertThat(client.get().getResponseText()).isEqualTo(body);
    client.shutdown();
  }

  @Test
  void aPingIsAnswered() {
    CoapClient client = client("");
    assertThat(client.ping(60_000)).isTrue();
    client.shutdown();
  }

  @Test
  void anObserverIsToldOfEachStateAlsoOfLongOnes() throws Exception {
    CoapClient client = client("ps/californium/state");
    client.put("first", 0);
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    CoapObserveRelation relation =
        client.observe(
            new CoapHandler() {
              @Override
              public void onLoad(CoapResponse response) {
                seen.add(response.getResponseText());
              }

              @Override
              public void onError() {
                seen.add("the observation failed");
              }
            });
    assertThat(seen.poll(60, TimeUnit.SECONDS)).isEqualTo("first");
    for (String state : List.of("second", "state ".repeat(500), "last")) {
      client.put(state, 0); // before the one before it is seen, it would take its place
      assertThat(seen.poll(60, TimeUnit.SECONDS)).isEqualTo(state);
    }
    assertThat(seen).as("each once").isEmpty();
    relation.proactiveCancel();
    client.shutdown();
  }
}
