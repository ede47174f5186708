package io.serai.bus;

import java.util.List;

/**
 * All that was noted of a client id's sessions when the node ended, in no order. What belongs to
 * another session than the one that was kept is left over and means nothing.
 *
 * @param kept how far things were
 * @param published publishes that were not released, and who has them
 */
public record SessionNotes(List<SessionNote.Keep> kept, List<PublishOnce> published) {}
