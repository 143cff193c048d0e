import { GoalError, readGoal } from "../../assets/runtime/goal-reader.js";
import { holds } from "../../assets/runtime/lesson/goals.js";

/** Whether goals are reached by what is shown, or why they cannot be read. */
export function answer({ texts, shown }) {
  const names = new Set(Object.keys(shown));
  return texts.map((text) => {
    try {
      return holds(readGoal(text, names), shown, {});
    } catch (error) {
      if (!(error instanceof GoalError)) throw error;
      return error.message;
    }
  });
}
