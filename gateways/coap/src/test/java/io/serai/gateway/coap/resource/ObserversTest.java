package io.serai.gateway.coap.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.bus.BindingSpec;
import io.serai.bus.CreditMode;
import io.serai.bus.Lifetime;
import io.serai.bus.QueueKind;
import io.serai.bus.Refusal;
import io.serai.bus.Request;
import io.serai.bus.Result;
import io.serai.gateway.coap.CoapAnswer;
import io.serai.gateway.coap.CoapOption;
import io.serai.gateway.harness.Recorded;
import io.serai.model.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObserversTest {
  private static final long NOW = 1_700_000_000_000L;

  private final TestPeer peer = new TestPeer();

  @Test
  void anObserverGetsTheLastValueThenEachChangeWhoeverPublishes() {
    peer.put("/ps/a/b", "first");
    FakeReply observed = peer.observe("/ps/a/b");
    assertThat(observed.text()).isEqualTo("2.05 first");
    peer.arrives(Messages.topic("a/b", "second"));
    peer.arrives(Messages.topic("a/b", "third"));
    peer.arrives(Messages.topic("a/c", "of another topic"));
    assertThat(observed.notified()).containsExactly("2.05 second", "2.05 third");
  }

  @Test
  void aTopicCanBeObservedBeforeItsFirstValue() {
    FakeReply observed = peer.observe("/ps/later");
    assertThat(observed.text()).isEqualTo("2.05");
    assertThat(observed.isActive()).isTrue();
    peer.arrives(Messages.topic("later", "now"));
    assertThat(observed.notified()).containsExactly("2.05 now");
  }

  @Test
  void theObserversOfAPeerShareOneVolatileQueueAndThoseOfAFilterOneBinding() {
    FakeReply one = peer.observe("/ps/a");
    FakeReply two = peer.observe("/ps/a");
    FakeReply other = peer.observe("/ps/b");
    assertThat(peer.asked(Request.OpenSubscription.class))
        .singleElement()
        .satisfies(opened -> {
          assertThat(opened.spec().kind()).isEqualTo(QueueKind.VOLATILE);
          assertThat(opened.spec().lifetime()).isEqualTo(Lifetime.EXCLUSIVE);
          assertThat(opened.options().noAck()).isTrue();
          assertThat(opened.bindings()).extracting(BindingSpec::key).containsExactly("a");
        });
    assertThat(peer.asked(Request.Bind.class))
        .extracting(bind -> bind.bindings().getFirst().key())
        .containsExactly("b");
    peer.arrives(Messages.topic("a", "x"));
    List<CoapAnswer> toOne = one.notifications();
    assertThat(toOne).hasSize(1);
    assertThat(two.notifications().getFirst()).isSameAs(toOne.getFirst());
    assertThat(other.notified()).isEmpty();
  }

  @Test
  void theBindingGoesWithTheLastObserverOfTheFilter() {
    FakeReply one = peer.observe("/ps/a");
    FakeReply two = peer.observe("/ps/a");
    peer.ends(one);
    assertThat(peer.asked(Request.Unbind.class)).isEmpty();
    peer.ends(two);
    assertThat(peer.asked(Request.Unbind.class))
        .singleElement()
        .extracting(unbind -> unbind.bindings().getFirst().key())
        .isEqualTo("a");
    peer.arrives(Messages.topic("a", "x"));
    assertThat(one.notified()).isEmpty();
    assertThat(peer.observe("/ps/a").isActive()).isTrue();
    assertThat(peer.asked(Request.Bind.class)).hasSize(1);
  }

  @Test
  void aPeerThatGoesAsksForNothingMore() {
    peer.leaves(peer.observe("/ps/a"), peer.observe("/ps/+"), peer.observe("/ps/b?all=1"));
    assertThat(peer.asked(Request.Unbind.class)).isEmpty();
    assertThat(peer.asked(Request.DeleteQueue.class)).isEmpty();
  }

  @Test
  void creditOfTheSharedQueueComesBack() {
    peer.observe("/ps/a");
    assertThat(peer.consumer(peer.lastQueue()).options().creditMode())
        .isEqualTo(CreditMode.GRANTED);
    int granted = 0;
    for (int i = 0; i < 1_000; i++) {
      peer.arrives(Messages.topic("a", "x" + i));
    }
    for (Recorded.Granted grant : peer.session.recorded(Recorded.Granted.class)) {
      granted += grant.credit();
    }
    assertThat(granted).isBetween(1_000 - 128, 1_000);
  }

  @Test
  void aMessageThatMatchesSeveralFiltersGoesToEachObserver() {
    FakeReply exact = peer.observe("/ps/a/b");
    FakeReply single = peer.observe("/ps/a/+");
    FakeReply all = peer.observe("/ps/%23");
    peer.arrives(Messages.topic("a/b", "x"));
    assertThat(exact.notified()).containsExactly("2.05 x");
    assertThat(single.notified()).containsExactly("2.05 x");
    assertThat(all.notified()).containsExactly("2.05 x");
  }

  @Test
  void notificationsOfAFilterNameTheirTopic() {
    FakeReply observed = peer.observe("/ps/a/+");
    peer.arrives(Messages.topic("a/b.c", "x"));
    peer.confirmsNotification(observed);
    peer.arrives(Messages.topic("a/d e", "y"));
    assertThat(observed.notifications())
        .extracting(state -> FakeReply.options(state, CoapOption.TOPIC))
        .containsExactly(List.of("a/b.c"), List.of("a/d%20e"));
  }

  @Test
  void aFilterTellsTheValuesThereAreThenTheNewestOfEachTopic() {
    peer.keeps(Messages.topic("a/1", "one"));
    peer.keeps(Messages.topic("a/2", "two"));
    FakeReply observed = peer.observe("/ps/a/+");
    assertThat(observed.text()).isEqualTo("2.05 one");
    assertThat(observed.notified()).containsExactly("2.05 two");
    peer.arrives(Messages.topic("a/1", "1a"));
    peer.arrives(Messages.topic("a/3", "3a"));
    peer.arrives(Messages.topic("a/1", "1b"));
    assertThat(observed.notified()).as("one is underway").isEmpty();
    peer.confirmsNotification(observed);
    peer.confirmsNotification(observed);
    peer.confirmsNotification(observed);
    assertThat(observed.notified()).containsExactly("2.05 3a", "2.05 1b");
  }

  @Test
  void whatWaitsOfAFilterIsBounded() {
    FakeReply observed = peer.observe("/ps/%23");
    for (int i = 0; i <= TopicObserver.MAX_WAITING + 10; i++) {
      peer.arrives(Messages.topic("t/" + i, "x" + i));
    }
    int told = observed.notified().size();
    while (true) {
      peer.confirmsNotification(observed);
      int more = observed.notified().size();
      if (more == 0) {
        break;
      }
      told += more;
    }
    assertThat(told).isEqualTo(TopicObserver.MAX_WAITING + 1);
  }

  @Test
  void aFilterThatIsNoneIsRefused() {
    assertThat(peer.observe("/ps/%23/a").text()).isEqualTo("4.00 # has to be the last segment");
  }

  @Test
  void whatCameBeforeTheFirstAnswerIsNotToldAgain() {
    Message kept = Messages.topic("a", "kept", NOW, false, -1);
    peer.keeps(kept);
    FakeReply observed = peer.observe("/ps/a");
    peer.arrives(Messages.topic("a", "older", NOW - 1, false, -1));
    peer.arrives(kept);
    assertThat(observed.notified()).isEmpty();
    peer.arrives(Messages.topic("a", "newer", NOW + 1, false, -1));
    assertThat(observed.notified()).containsExactly("2.05 newer");
  }

  @Test
  void whatComesWhileTheFirstAnswerIsMadeIsTheFirstAnswer() {
    peer.keeps(Messages.topic("a", "kept"));
    peer.holding(Request.ReadRetained.class);
    FakeReply observed = peer.observe("/ps/a");
    peer.arrives(Messages.topic("a", "live")); // the binding is there
    assertThat(observed.isOpen()).isTrue();
    peer.goingOn();
    assertThat(observed.text()).isEqualTo("2.05 live");
    assertThat(observed.notified()).isEmpty();
  }

  @Test
  void notificationsAreConfirmedAsTheirMessageWasPublishedUnlessQosSays() {
    FakeReply asPublished = peer.observe("/ps/a");
    FakeReply never = peer.observe("/ps/a?qos=0");
    FakeReply always = peer.observe("/ps/a?qos=1");
    peer.arrives(Messages.topic("a", "durable", NOW, true, -1));
    peer.arrives(Messages.topic("a", "not", NOW, false, -1));
    assertThat(asPublished.confirmable()).containsExactly(true, false);
    assertThat(never.confirmable()).containsExactly(false, false);
    assertThat(always.confirmable()).containsExactly(true, true);
  }

  @Test
  void nlLeavesOutTheObserversOwnMessagesAndRhTheValuesThereAre() {
    peer.keeps(Messages.topic("a", "kept"));
    FakeReply observed = peer.observe("/ps/a?clientid=me&nl=1&rh=2");
    FakeReply every = peer.observe("/ps/a?clientid=me&nl=1&rh=2&all=1");
    assertThat(observed.text()).isEqualTo("2.05");
    assertThat(every.text()).isEqualTo("2.05");
    peer.arrives(Messages.topic("a", "mine", NOW + 1, "me"));
    peer.arrives(Messages.topic("a", "another's", NOW + 2, "you"));
    assertThat(observed.notified()).containsExactly("2.05 another's");
    assertThat(every.notified()).containsExactly("2.05 another's");
    assertThat(peer.settled()).containsExactly("ACCEPTED mine");
    assertThat(peer.observe("/ps/a?rh=3").code()).isEqualTo("4.00");
  }

  @Test
  void clearingATopicEndsItsObserversWith404() {
    peer.put("/ps/a", "x");
    FakeReply exact = peer.observe("/ps/a");
    FakeReply filter = peer.observe("/ps/+");
    peer.arrives(Messages.deletion("a"));
    assertThat(exact.last()).isEqualTo("4.04 the topic's value was deleted");
    assertThat(exact.isActive()).isFalse();
    assertThat(filter.isActive()).isTrue();
    assertThat(filter.notified()).containsExactly("2.05");
    assertThat(peer.asked(Request.Unbind.class)).hasSize(1);
  }

  @Test
  void observingWithoutPermissionIsForbiddenAndLeavesNothing() {
    refusing(Request.OpenSubscription.class);
    assertThat(peer.observe("/ps/a").text()).isEqualTo("4.03 no");
    peer.answering(_ -> null);
    assertThat(peer.observe("/ps/a").text()).isEqualTo("2.05");
    assertThat(peer.asked(Request.OpenSubscription.class)).hasSize(2);
    refusing(Request.Bind.class);
    assertThat(peer.observe("/ps/b").text()).isEqualTo("4.03 no");
    refusing(Request.ReadRetained.class);
    assertThat(peer.observe("/ps/a").text()).as("also where others observe").isEqualTo("4.03 no");
    peer.arrives(Messages.topic("a", "x"));
  }

  private void refusing(Class<? extends Request<?>> kind) {
    peer.answering(
        request -> kind.isInstance(request) ? Result.refused(Refusal.ACCESS_REFUSED, "no") : null);
  }

  @Test
  void whatTheBrokerSaysOfItselfIsObservedWhereItIsAskedFor() {
    peer.observe("/ps/%24SYS/broker/uptime");
    assertThat(peer.asked(Request.OpenSubscription.class).getFirst().bindings())
        .extracting(BindingSpec::source)
        .containsExactly("amq.topic", "amq.sys");
  }

  @Test
  void observersEndWithTheirQueue() {
    FakeReply observed = peer.observe("/ps/a");
    peer.session.cancelConsumer(peer.consumer(peer.lastQueue()));
    assertThat(observed.last()).startsWith("5.03");
    assertThat(peer.observe("/ps/a").text()).isEqualTo("2.05");
    assertThat(peer.asked(Request.OpenSubscription.class)).hasSize(2);
  }

  // ---- every message

  @Test
  void allTellsEveryMessageConfirmedInOrder() {
    FakeReply observed = peer.observe("/ps/a?all=1");
    assertThat(observed.text()).isEqualTo("2.05");
    for (int i = 0; i < 5; i++) {
      peer.arrives(Messages.topic("a", "m" + i));
    }
    assertThat(observed.notified()).containsExactly("2.05 m0");
    assertThat(peer.settled()).isEmpty();
    for (int i = 1; i < 5; i++) {
      peer.confirmsNotification(observed);
      assertThat(observed.notified()).containsExactly("2.05 m" + i);
      assertThat(peer.settled()).containsExactly("ACCEPTED m" + (i - 1));
    }
    assertThat(observed.confirmable()).containsOnly(true).hasSize(5);
  }

  @Test
  void whatWaitsOfAllIsBoundedByItsQueue() {
    peer.observe("/ps/a?all=1");
    assertThat(peer.asked(Request.DeclareQueue.class))
        .singleElement()
        .satisfies(declared -> {
          assertThat(declared.spec().kind()).isEqualTo(QueueKind.CLASSIC);
          assertThat(declared.spec().lifetime()).isEqualTo(Lifetime.EXCLUSIVE);
          assertThat(declared.spec().arguments().entries())
              .extracting(it -> it.key().asText() + "=" + it.value().asText())
              .containsExactly("x-max-length=1000", "x-max-length-bytes=16777216");
        });
    assertThat(peer.consumer(peer.lastQueue()).options().initialCredit()).isEqualTo(16);
  }

  @Test
  void allBeginsWithTheValuesThatAreKept() {
    peer.keeps(Messages.topic("a/1", "one"));
    Message two = Messages.topic("a/2", "two");
    peer.keeps(two);
    FakeReply observed = peer.observe("/ps/a/+?all=1");
    assertThat(observed.text()).isEqualTo("2.05 one");
    peer.arrives(two); // came live, too
    assertThat(peer.settled()).containsExactly("ACCEPTED two");
    peer.confirmsNotification(observed);
    peer.arrives(Messages.topic("a/2", "three", NOW + 1, true, -1));
    assertThat(observed.notified()).containsExactly("2.05 two", "2.05 three");
  }

  @Test
  void theQueueOfAllGoesWithItsObserver() {
    FakeReply observed = peer.observe("/ps/a?all=1");
    peer.ends(observed);
    assertThat(peer.asked(Request.DeleteQueue.class))
        .singleElement()
        .extracting(Request.DeleteQueue::name)
        .isEqualTo(peer.lastQueue());
  }

  @Test
  void theQueueOfAllGoesWhenItMayNotBeBound() {
    peer.answering(request ->
        request instanceof Request.Bind ? Result.refused(Refusal.ACCESS_REFUSED, "no") : null);
    assertThat(peer.observe("/ps/a?all=1").text()).isEqualTo("4.03 no");
    assertThat(peer.asked(Request.DeleteQueue.class)).hasSize(1);
  }

  @Test
  void theQueueOfAnotherVhostGoesBeforeTheNextIsMade() {
    peer.ends(peer.observe("/ps/a?username=one:joe&password=x"));
    String first = peer.lastQueue();
    assertThat(peer.observe("/ps/a?username=two:joe&password=x").code()).isEqualTo("2.05");
    assertThat(peer.asked(Request.DeleteQueue.class))
        .singleElement()
        .satisfies(deleted -> {
          assertThat(deleted.name()).isEqualTo(first);
          assertThat(deleted.caller().vhost()).isEqualTo("one");
        });
  }

  @Test
  void whatComesOfSeveralTopicsWhileTheFirstAnswerOfAFilterIsMadeIsAllTold() {
    peer.keeps(Messages.topic("a/x", "old"));
    peer.holding(Request.ReadRetained.class);
    FakeReply observing = peer.observe("/ps/a/%2B");
    peer.arrives(Messages.topic("a/x", "new"));
    peer.arrives(Messages.topic("a/y", "also"));
    peer.goingOn();
    assertThat(observing.text()).isEqualTo("2.05 new");
    assertThat(observing.notified()).containsExactly("2.05 also");
  }

  @Test
  void whatWaitsOfAllFiltersOfAPeerIsBoundedTogether() {
    List<FakeReply> observing = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      observing.add(peer.observe("/ps/%23"));
    }
    for (int i = 0; i < 500; i++) {
      peer.arrives(Messages.topic("t/" + i, "x" + i));
    }
    observing.forEach(FakeReply::notified);
    int told = 0;
    for (FakeReply one : observing) {
      int before;
      do {
        before = told;
        peer.confirmsNotification(one);
        told += one.notified().size();
      } while (told > before);
      assertThat(told).isPositive();
    }
    assertThat(told).isLessThanOrEqualTo(WaitingRoom.MAX_WAITING + 50);
    peer.arrives(Messages.topic("t", "again"));
    assertThat(observing)
        .allSatisfy(one -> assertThat(one.notified()).containsExactly("2.05 again"));
  }

  @Test
  void aTopicTooLongForADatagramIsToldWithoutItsName() {
    FakeReply observed = peer.observe("/ps/%23");
    peer.arrives(Messages.topic("x".repeat(60_000), "hot"));
    CoapAnswer told = observed.notifications().getFirst();
    assertThat(told.payload().toUtf8()).isEqualTo("hot");
    assertThat(FakeReply.options(told, CoapOption.TOPIC)).isEmpty();
  }
}
