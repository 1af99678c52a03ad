(* For some scripts below: how far an exponential and a logarithm are from their tangents, and signs of sums of that. *)

Lemma exp_over_tangent a : 0 <= exp a - 1 - a.
Proof. assert (E := exp_above a); lra. Qed.

Lemma exp_off_tangent a : a <> 0 -> 0 < exp a - 1 - a.
Proof. intros N; assert (E := exp_ineq1 a N); lra. Qed.

Lemma ln_under_tangent a : 0 < a -> 0 <= a - 1 - ln a.
Proof. intros H; assert (E := ln_below a H); lra. Qed.

Lemma ln_off_tangent a : 0 < a -> a <> 1 -> 0 < a - 1 - ln a.
Proof.
  intros H N; assert (E := exp_off_tangent (ln a)); rewrite exp_ln in E by exact H; apply E; clear E.
  intros Z; apply N; rewrite <- (exp_ln a H), Z; apply exp_0.
Qed.

Lemma quotient_not_one a b : b <> 0 -> a <> b -> a / b <> 1.
Proof. intros B N E; apply N; replace a with (a / b * b) by (field; exact B); rewrite E; ring. Qed.

Ltac touching :=
  first [
    lazymatch goal with
    | |- 0 <= exp _ - 1 - _ => apply exp_over_tangent
    | |- 0 < exp _ - 1 - _ => apply exp_off_tangent; lra
    | |- 0 <= _ - 1 - ln _ => apply ln_under_tangent; signs
    | |- 0 < _ - 1 - ln _ => apply ln_off_tangent; [signs | first [lra | apply quotient_not_one; lra]]
    | |- 0 <= _ * _ => apply Rmult_le_pos; touching
    | |- 0 < _ * _ => apply Rmult_lt_0_compat; touching
    | |- 0 <= _ / _ => apply Rmult_le_pos; [touching | apply Rlt_le, Rinv_0_lt_compat; signs]
    | |- 0 < _ / _ => apply Rdiv_lt_0_compat; [touching | signs]
    | |- 0 <= _ + _ => apply Rplus_le_le_0_compat; touching
    | |- 0 < _ + _ => first [apply Rplus_lt_le_0_compat; touching | apply Rplus_le_lt_0_compat; touching]
    end |
    solve [further]].
