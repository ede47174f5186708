package io.serai.gateway.coap.resource;

import io.serai.gateway.Effects;
import io.serai.gateway.coap.CoapAnswer;
import io.serai.gateway.coap.CoapFrame;
import io.serai.gateway.coap.CoapOption;
import io.serai.gateway.coap.Observation;
import io.serai.gateway.coap.Observer;
import io.serai.gateway.coap.Reply;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps what a request is answered, and plays the message layer's part of an observation. */
final class FakeReply implements Reply, Observation {
  private final List<CoapAnswer> notified = new ArrayList<>();
  private final List<Boolean> confirmable = new ArrayList<>();
  private @Nullable CoapAnswer answer;
  private @Nullable CoapAnswer last;
  private @Nullable Observer observer;
  private boolean isActive;

  // ---- what the resource does

  @Override
  public void answer(CoapAnswer with, Effects<CoapFrame> out) {
    if (answer == null) {
      answer = with;
    }
  }

  @Override
  public Observation observe(CoapAnswer first, Observer by, Effects<CoapFrame> out) {
    if (answer == null) {
      answer = first;
      observer = by;
      isActive = first.code().isSuccess();
    }
    return this;
  }

  @Override
  public boolean isOpen() {
    return answer == null;
  }

  @Override
  public void notify(CoapAnswer state, boolean isConfirmable, long tag, Effects<CoapFrame> out) {
    notified.add(state);
    confirmable.add(isConfirmable);
  }

  @Override
  public void end(CoapAnswer with, Effects<CoapFrame> out) {
    last = with;
    isActive = false;
  }

  @Override
  public void forget() {
    isActive = false;
  }

  @Override
  public boolean isActive() {
    return isActive;
  }

  // ---- what the test asks

  /** Code and body, such as {@code 2.05 hot}; empty as long as there is no answer. */
  String text() {
    return text(answer);
  }

  private static String text(@Nullable CoapAnswer of) {
    return of == null ? "" : (of.code() + " " + of.payload().toUtf8()).strip();
  }

  CoapAnswer answered() {
    CoapAnswer known = answer;
    if (known == null) {
      throw new AssertionError("the request was not answered");
    }
    return known;
  }

  /** The code of the answer, such as {@code 2.05}. */
  String code() {
    return answered().code().toString();
  }

  /** Texts of the answer's options of this number. */
  List<String> options(int number) {
    return options(answered(), number);
  }

  static List<String> options(CoapAnswer of, int number) {
    return of.options().stream()
        .filter(option -> option.number() == number)
        .map(CoapOption::text)
        .toList();
  }

  /** The number in the answer's option of this number, -1 without one. */
  long number(int number) {
    return answered().options().stream()
        .filter(option -> option.number() == number)
        .mapToLong(CoapOption::unsigned)
        .findFirst()
        .orElse(-1);
  }

  /** Notifications since the last call: code and body. */
  List<String> notified() {
    List<String> texts = notified.stream().map(FakeReply::text).toList();
    notified.clear();
    return texts;
  }

  /** The notifications themselves since the last call. */
  List<CoapAnswer> notifications() {
    List<CoapAnswer> now = List.copyOf(notified);
    notified.clear();
    return now;
  }

  /** Whether each notification had to be confirmed, since the last call. */
  List<Boolean> confirmable() {
    List<Boolean> now = List.copyOf(confirmable);
    confirmable.clear();
    return now;
  }

  /** The answer that ended the observation. */
  String last() {
    return text(last);
  }

  Observer observer() {
    Observer known = observer;
    if (known == null) {
      throw new AssertionError("nothing is observed");
    }
    return known;
  }

  void deactivate() {
    isActive = false;
  }
}
