package io.serai.gateway.coap.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.PublishResult;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.gateway.coap.CoapCode;
import io.serai.gateway.coap.CoapOption;
import io.serai.model.Topic;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopicResourceTest {
  private static final CoapOption JSON = CoapOption.of(CoapOption.CONTENT_FORMAT, 50);

  private final TestPeer peer = new TestPeer();

  // ---- publishing

  @Test
  void putPublishesAndKeepsCreatedFirstChangedAfter() {
    assertThat(peer.put("/ps/plant/1", "a").code()).isEqualTo("2.01");
    assertThat(peer.put("/ps/plant/1", "b").code()).isEqualTo("2.04");
    assertThat(peer.published())
        .containsExactly(
            "amq.topic/plant/1 a RETAIN CONFIRM", "amq.topic/plant/1 b RETAIN CONFIRM");
    assertThat(peer.get("/ps/plant/1").text()).isEqualTo("2.05 b");
  }

  @Test
  void postPublishesAndKeepsNothingUnlessAsked() {
    assertThat(peer.post("/ps/event", "x").code()).isEqualTo("2.04");
    assertThat(peer.get("/ps/event").code()).isEqualTo("4.04");
    assertThat(peer.post("/ps/event?retain=1", "y").code()).isEqualTo("2.04");
    assertThat(peer.get("/ps/event").text()).isEqualTo("2.05 y");
    assertThat(peer.published())
        .containsExactly("amq.topic/event x CONFIRM", "amq.topic/event y RETAIN CONFIRM");
  }

  @Test
  void aConfirmableRequestIsAnsweredOnceTheBrokerIsResponsible() {
    peer.confirmingLater();
    FakeReply reply = peer.post("/ps/a", "x");
    assertThat(reply.isOpen()).isTrue();
    long token = peer.publications().getFirst().token();
    peer.session.confirm(true, token);
    assertThat(reply.code()).isEqualTo("2.04");
  }

  @Test
  void whatAQueueRefusesIsSaidToBe() {
    peer.confirmingLater();
    FakeReply reply = peer.post("/ps/a", "x");
    peer.session.confirm(false, peer.publications().getFirst().token());
    assertThat(reply.text()).isEqualTo("5.03 a queue for this message is full");
  }

  @Test
  void aNonConfirmableRequestIsPublishedAtMostOnceAndAnsweredAtOnce() {
    peer.confirmingLater();
    assertThat(peer.non(CoapCode.POST, "/ps/a", "x").code()).isEqualTo("2.04");
    assertThat(peer.non(CoapCode.PUT, "/ps/a", "y").code()).isEqualTo("2.01");
    assertThat(peer.published()).containsExactly("amq.topic/a x", "amq.topic/a y RETAIN");
  }

  @Test
  void qosGoesBeforeTheTypeOfTheMessage() {
    peer.non(CoapCode.POST, "/ps/a?qos=1", "x");
    peer.con(CoapCode.POST, "/ps/a?qos=0", "y");
    assertThat(peer.published()).containsExactly("amq.topic/a x CONFIRM", "amq.topic/a y");
  }

  @Test
  void whatNobodyWantsIsNoError() {
    peer.session.routeWith(_ -> PublishResult.UNROUTABLE);
    assertThat(peer.post("/ps/a", "x").code()).isEqualTo("2.04");
  }

  @Test
  void publishingWithoutPermissionIsForbidden() {
    peer.session.routeWith(_ -> PublishResult.DENIED);
    assertThat(peer.post("/ps/a", "x").text())
        .isEqualTo("4.03 write access to 'a' in exchange 'amq.topic' refused for user 'guest'");
    assertThat(peer.put("/ps/a", "x").code()).isEqualTo("4.03");
    assertThat(peer.delete("/ps/a").code()).isEqualTo("4.03");
  }

  @Test
  void segmentsAreLevelsWhateverTheyHold() {
    peer.post("/ps/a.b/c%2Fd/e", "x");
    Topic topic = peer.publications().getFirst().message().topic();
    assertThat(topic.levelList()).containsExactly("a.b", "c/d", "e");
  }

  @Test
  void wildcardsEmptyTopicsAndTheBrokersOwnCannotBePublishedTo() {
    assertThat(peer.post("/ps/a/+", "x").code()).isEqualTo("4.00");
    assertThat(peer.put("/ps/#", "x").code()).isEqualTo("4.00");
    assertThat(peer.post("/ps", "x").code()).isEqualTo("4.00");
    assertThat(peer.post("/ps/", "x").code()).isEqualTo("4.00");
    assertThat(peer.post("/ps/%24SYS/x", "x").code()).isEqualTo("4.03");
    assertThat(peer.put("/ps/a", "").text()).startsWith("4.00 an empty value cannot be kept");
    assertThat(peer.published()).isEmpty();
  }

  @Test
  void unknownAndWrongParametersAreNamed() {
    assertThat(peer.post("/ps/a?qso=1", "x").text())
        .isEqualTo("4.00 unknown parameter 'qso', there are qos, retain, expiry, split");
    assertThat(peer.post("/ps/a?qos=3", "x").text())
        .isEqualTo("4.00 qos=3: expected a whole number up to 2");
    assertThat(peer.post("/ps/a?retain=maybe", "x").code()).isEqualTo("4.00");
    assertThat(peer.published()).isEmpty();
  }

  @Test
  void otherMethodsAreNotAllowed() {
    assertThat(peer.con(CoapCode.FETCH, "/ps/a", "").code()).isEqualTo("4.05");
  }

  // ---- the last value

  @Test
  void theLastValueHasFormatTagAndWhatIsLeftOfItsTime() {
    peer.put("/ps/a?expiry=60", "{}", JSON);
    peer.session.elapse(10_500);
    FakeReply reply = peer.get("/ps/a");
    assertThat(reply.text()).isEqualTo("2.05 {}");
    assertThat(reply.number(CoapOption.CONTENT_FORMAT)).isEqualTo(50);
    assertThat(reply.number(CoapOption.MAX_AGE)).isEqualTo(50);
    assertThat(reply.options(CoapOption.ETAG)).hasSize(1);
  }

  @Test
  void aTopicWithoutValueIsNotFound() {
    assertThat(peer.get("/ps/none").text()).isEqualTo("4.04 the topic has no value");
  }

  @Test
  void readingWithoutPermissionIsForbidden() {
    peer.answering(request ->
        request instanceof Request.ReadRetained
            ? Result.refused(Refusal.ACCESS_REFUSED, "no")
            : null);
    assertThat(peer.get("/ps/a").text()).isEqualTo("4.03 no");
  }

  @Test
  void aValueTheClientHasIsValid() {
    peer.put("/ps/a", "x");
    CoapOption tag = etag(peer.get("/ps/a"));
    FakeReply valid = peer.get("/ps/a", tag);
    assertThat(valid.text()).isEqualTo("2.03");
    assertThat(etag(valid)).isEqualTo(tag);
    peer.put("/ps/a", "y");
    assertThat(peer.get("/ps/a", tag).text()).isEqualTo("2.05 y");
  }

  @Test
  void acceptIsForTheFormatOfTheValue() {
    peer.put("/ps/a", "{}", JSON);
    peer.put("/ps/untyped", "x");
    assertThat(peer.get("/ps/a", CoapOption.of(CoapOption.ACCEPT, 50)).code()).isEqualTo("2.05");
    assertThat(peer.get("/ps/a", CoapOption.of(CoapOption.ACCEPT, 60)).text())
        .isEqualTo("4.06 the value has Content-Format 50");
    assertThat(peer.get("/ps/untyped", CoapOption.of(CoapOption.ACCEPT, 60)).code())
        .isEqualTo("2.05");
  }

  @Test
  void wildcardsCannotBeRead() {
    assertThat(peer.get("/ps/a/+").code()).isEqualTo("4.00");
  }

  // ---- conditions

  @Test
  void ifNoneMatchWritesOnlyTheFirstValue() {
    CoapOption none = CoapOption.of(CoapOption.IF_NONE_MATCH, 0);
    assertThat(peer.put("/ps/a", "x", none).code()).isEqualTo("2.01");
    assertThat(peer.put("/ps/a", "y", none).text()).isEqualTo("4.12 the topic has a value");
    assertThat(peer.get("/ps/a").text()).isEqualTo("2.05 x");
  }

  @Test
  void ifMatchWritesOnlyOverTheValueItNames() {
    CoapOption any = CoapOption.of(CoapOption.IF_MATCH, 0);
    assertThat(peer.put("/ps/a", "x", any).text()).isEqualTo("4.12 the topic has no value");
    peer.put("/ps/a", "x");
    CoapOption ofX = CoapOption.of(CoapOption.IF_MATCH, etag(peer.get("/ps/a")).value());
    assertThat(peer.put("/ps/a", "y", any).code()).isEqualTo("2.04");
    assertThat(peer.put("/ps/a", "z", ofX).text())
        .isEqualTo("4.12 the topic's value has another ETag");
    assertThat(peer.delete("/ps/a", ofX).code()).isEqualTo("4.12");
    peer.put("/ps/a", "x");
    assertThat(peer.put("/ps/a", "z", ofX).code()).isEqualTo("2.04");
  }

  // ---- DELETE

  @Test
  void deleteClearsTheValue() {
    peer.put("/ps/a", "x");
    assertThat(peer.delete("/ps/a").code()).isEqualTo("2.02");
    assertThat(peer.get("/ps/a").code()).isEqualTo("4.04");
    assertThat(peer.put("/ps/a", "x").code()).isEqualTo("2.01");
    assertThat(peer.published()).element(1).isEqualTo("amq.topic/a  RETAIN CONFIRM");
  }

  // ---- who asks

  @Test
  void aPeerIsAskedOnceWhoItIs() {
    peer.post("/ps/a", "x");
    peer.post("/ps/a", "x");
    assertThat(peer.credentials).containsExactly("Anonymous[]");
  }

  private static CoapOption etag(FakeReply reply) {
    List<CoapOption> tags =
        reply.answered().options().stream()
            .filter(option -> option.number() == CoapOption.ETAG)
            .toList();
    assertThat(tags).hasSize(1);
    return tags.getFirst();
  }

  @Test
  void conditionsCountForWhatIsNotKeptToo() {
    CoapOption any = CoapOption.of(CoapOption.IF_MATCH, 0);
    assertThat(peer.post("/ps/a", "x", any).code()).isEqualTo("4.12");
    peer.put("/ps/a", "x");
    assertThat(peer.post("/ps/a", "y", any).code()).isEqualTo("2.04");
  }

  @Test
  void whatIsBeyondTheRateOfItsPublisherIsAnsweredToo() {
    peer.session.routeWith(_ -> PublishResult.SHED);
    assertThat(peer.post("/ps/a", "x").code()).isEqualTo("4.29");
  }

  @Test
  void whoMayWriteAndNotReadPutsAndDeletes() {
    peer.keeps(Messages.topic("a", "kept"));
    peer.answering(request ->
        request instanceof Request.ReadRetained
            ? Result.refused(Refusal.ACCESS_REFUSED, "no")
            : null);
    assertThat(peer.put("/ps/a", "x").code()).isEqualTo("2.04");
    assertThat(peer.delete("/ps/a").code()).isEqualTo("2.02");
    assertThat(peer.published()).hasSize(2);
    CoapOption any = CoapOption.of(CoapOption.IF_MATCH, 0);
    assertThat(peer.put("/ps/b", "x", any).code()).isEqualTo("4.03");
    assertThat(peer.delete("/ps/b", any).code()).isEqualTo("4.03");
    assertThat(peer.put("/ps/c", "x").code()).isEqualTo("2.04");
  }

  @Test
  void ofTwoWhoWriteOverTheSameValueAtATimeOneFails() {
    peer.keeps(Messages.topic("a", "old"));
    CoapOption any = CoapOption.of(CoapOption.IF_MATCH, 0);
    for (CoapCode method : List.of(CoapCode.PUT, CoapCode.DELETE)) {
      peer.holding(Request.ReplaceRetained.class);
      FakeReply late = peer.con(method, "/ps/a", method == CoapCode.PUT ? "mine" : "", any);
      assertThat(late.isOpen()).isTrue();
      peer.keeps(Messages.topic("a", "somebody else's"));
      peer.goingOn();
      assertThat(late.text()).isEqualTo("4.12 the topic's value was changed meanwhile");
    }
    assertThat(peer.published()).isEmpty();
    assertThat(peer.get("/ps/a").text()).isEqualTo("2.05 somebody else's");
    assertThat(peer.delete("/ps/a", any).code()).isEqualTo("2.02");
    assertThat(peer.published()).containsExactly("amq.topic/a  CONFIRM");
    assertThat(peer.get("/ps/a").code()).isEqualTo("4.04");
  }
}
