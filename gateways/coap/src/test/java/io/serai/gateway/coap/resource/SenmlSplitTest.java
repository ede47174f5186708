package io.serai.gateway.coap.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.PublishResult;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapOption;
import io.serai.gateway.coap.CoapType;
import io.serai.gateway.harness.Recorded;
import io.serai.model.Body;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SenmlSplitTest {
  private static final CoapOption JSON = CoapOption.of(CoapOption.CONTENT_FORMAT, 110);
  private static final CoapOption CBOR = CoapOption.of(CoapOption.CONTENT_FORMAT, 112);

  private final TestPeer peer = new TestPeer();

  @Test
  void eachNameIsAMessageBelowTheBase() {
    FakeReply reply =
        peer.post(
            "/ps/plant?split=1",
            "[{\"bn\":\"dev1/\",\"bt\":1000,\"bu\":\"Cel\",\"n\":\"temp\",\"v\":21.5},"
                + "{\"n\":\"hum\",\"u\":\"%RH\",\"v\":60},"
                + "{\"n\":\"temp\",\"t\":5,\"v\":22}]",
            JSON);
    assertThat(reply.code()).isEqualTo("2.04");
    assertThat(peer.published())
        .containsExactly(
            "amq.topic/plant/dev1/temp"
                + " [{\"n\":\"dev1/temp\",\"v\":21.5,\"u\":\"Cel\",\"t\":1000},"
                + "{\"n\":\"dev1/temp\",\"t\":1005,\"v\":22,\"u\":\"Cel\"}]",
            "amq.topic/plant/dev1/hum"
                + " [{\"n\":\"dev1/hum\",\"u\":\"%RH\",\"v\":60,\"t\":1000}]");
  }

  @Test
  void messagesKeepTheFormatAndPutKeepsValues() {
    peer.put("/ps/plant?split=1&expiry=60", "[{\"n\":\"a\",\"vs\":\"on\"}]", JSON);
    Recorded.Published one = peer.publications().getFirst();
    assertThat(one.message().properties().contentType()).isEqualTo("application/senml+json");
    assertThat(one.message().properties().expiryMillis()).isEqualTo(60_000);
    assertThat(peer.get("/ps/plant/a").text()).isEqualTo("2.05 [{\"n\":\"a\",\"vs\":\"on\"}]");
  }

  @Test
  void cborIsSplitToo() {
    // [{-2: "d/", 0: "a", 2: 1}, {0: "b", 2: 21.5, 6: 10}, {0: "c", 8: h'0102'}]
    Body pack =
        Body.of(
            HexFormat.of()
                .parseHex(
                    "83a321626 42f00616102 01a300616202fb4035800000000000060aa2006163 08420102"
                        .replace(" ", "")));
    assertThat(peer.says(CoapType.CON, CoapCode.POST, "/ps/p?split=1", pack, CBOR).code())
        .isEqualTo("2.04");
    List<Recorded.Published> all = peer.publications();
    assertThat(all)
        .extracting(it -> it.message().topic().toString())
        .containsExactly("p/d/a", "p/d/b", "p/d/c");
    assertThat(HexFormat.of().formatHex(all.getFirst().message().body().toByteArray()))
        .isEqualTo("81a20063642f610201");
    assertThat(HexFormat.of().formatHex(all.get(2).message().body().toByteArray()))
        .isEqualTo("81a20063642f6308420102");
  }

  @Test
  void largeNumbersStayWhatTheyAre() {
    peer.post("/ps/p?split=1", "[{\"n\":\"a\",\"v\":1e300},{\"n\":\"b\",\"v\":1e3}]", JSON);
    assertThat(peer.published())
        .containsExactly(
            "amq.topic/p/a [{\"n\":\"a\",\"v\":1E+300}]",
            "amq.topic/p/b [{\"n\":\"b\",\"v\":1000}]");
  }

  @Test
  void theAnswerWaitsForAllOfThem() {
    peer.confirmingLater();
    FakeReply reply =
        peer.put("/ps/p?split=1", "[{\"n\":\"a\",\"v\":1},{\"n\":\"b\",\"v\":2}]", JSON);
    List<Recorded.Published> all = peer.publications();
    peer.session.confirm(true, all.getFirst().token());
    assertThat(reply.isOpen()).isTrue();
    peer.session.confirm(true, all.getLast().token());
    assertThat(reply.code()).isEqualTo("2.04");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void messagesThatAreNotKeptGetIntoAllQueuesInOneStepOrIntoNone(boolean isDone) {
    peer.confirmingLater();
    FakeReply reply =
        peer.post("/ps/p?split=1", "[{\"n\":\"a\",\"v\":1},{\"n\":\"b\",\"v\":2}]", JSON);
    assertThat(reply.isOpen()).isTrue();
    peer.session.commit(isDone);
    assertThat(reply.text()).isEqualTo(isDone ? "2.04" : "5.03 a queue for this message is full");
  }

  @Test
  void oneRefusedMessageRefusesTheRequest() {
    peer.session.routeWith(message ->
        message.topic().toString().endsWith("b") ? PublishResult.DENIED : PublishResult.ROUTED);
    assertThat(
            peer.post("/ps/p?split=1", "[{\"n\":\"a\",\"v\":1},{\"n\":\"b\",\"v\":2}]", JSON)
                .code())
        .isEqualTo("4.03");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "[1]",
        "[{\"v\":1}]",
        "[{\"n\":\"a\"}]",
        "[{\"n\":\"a\",\"v\":[1]}]",
        "[{\"n\":\"a\",\"v\":1,\"v\":2}]",
        "[{\"n\":\"a\",\"v\":1,\"must_\":2}]",
        "[{\"n\":\"+\",\"v\":1}]",
        "[{\"n\":\"a\",\"v\":1e999999,\"bv\":1}]",
        "[{\"n\":\"a\",\"v\":1}",
        "[{\"n\":\"a\",\"v\":1}] 2"
      })
  void whatIsNoPackIsABadRequest(String body) {
    assertThat(peer.post("/ps/p?split=1", body, JSON).code()).isEqualTo("4.00");
    assertThat(peer.published()).isEmpty();
  }

  @Test
  void onlySenmlCanBeSplit() {
    assertThat(peer.post("/ps/p?split=1", "[]").text())
        .isEqualTo("4.15 split needs SenML: Content-Format 110 or 112");
  }

  @Test
  void withoutSplitAPackIsOneMessage() {
    peer.post("/ps/p", "[{\"n\":\"a\",\"v\":1}]", JSON);
    assertThat(peer.published()).containsExactly("amq.topic/p [{\"n\":\"a\",\"v\":1}] CONFIRM");
  }

  @Test
  void nothingIsPublishedWhenOneMessageMayNotBe() {
    peer.session.routeWith(message ->
        message.topic().toString().equals("p/b") ? PublishResult.DENIED : PublishResult.ROUTED);
    String pack = "[{\"n\":\"a\",\"v\":1},{\"n\":\"b\",\"v\":1}]";
    assertThat(peer.post("/ps/p?split=1", pack, JSON).code()).isEqualTo("4.03");
    assertThat(peer.published()).isEmpty();
  }

  @Test
  void aBaseDoesNotGrowWithTheNumberOfRecords() {
    String base = "{\"bn\":\"" + "x".repeat(20_000) + "\"}";
    String record = ",{\"n\":\"a\",\"v\":1}";
    assertThat(peer.post("/ps/p?split=1", "[" + base + record.repeat(100) + "]", JSON).text())
        .startsWith("4.00 the names of a pack");
    String unit = "[{\"n\":\"a\",\"bu\":\"" + "x".repeat(65) + "\",\"v\":1}]";
    assertThat(peer.post("/ps/p?split=1", unit, JSON).code()).isEqualTo("4.00");
    assertThat(peer.post("/ps/p?split=1", "[{\"n\":\"a\",\"bver\":\"x\",\"v\":1}]", JSON).code())
        .isEqualTo("4.00");
    assertThat(peer.published()).isEmpty();
  }
}
